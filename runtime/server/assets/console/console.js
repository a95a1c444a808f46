// Every page of the console: forms and buttons that use the API, what opens and closes, and what follows changes.

import { wireActs } from "./acts.js";
import { wireForms } from "./forms.js";
import { wireFrame } from "./frame.js";
import { wireRows } from "./rows.js";
import { wireLive } from "./live.js";
import { wirePresence } from "./presence.js";
import { wireUploads } from "./uploads.js";
import { toastOfLastPage } from "./toast.js";

wireFrame();
wireForms();
wireActs();
wireUploads();
wireRows();
wireLive();
wirePresence();
toastOfLastPage();

//! What a customer looks for, word by word, and whether a product's own words say it.
//!
//! The catalogue speaks one language and the customers four. A small glossary of what most shops have (colours,
//! materials, rooms, common goods) bridges them; other words count as they are written.

use usher_sdk::skill::tools::catalog::Product;

/// One thing that is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    /// As the customer wrote it.
    pub(crate) said: String,
    /// What says the same, this word among it; one of several words needs them all.
    forms: Vec<String>,
}

impl Word {
    pub(crate) fn new(said: &str) -> Self {
        let mut forms = vec![folded(said)];
        for row in GLOSSARY {
            let mut entries = row.split([',', '/']).map(folded);
            if entries.clone().any(|entry| same(&forms[0], &entry)) {
                forms.extend(entries.by_ref());
            }
        }
        forms.dedup();
        Word { said: said.to_owned(), forms }
    }

    fn is_in(&self, tokens: &[String]) -> bool {
        let has = |wanted: &str| tokens.iter().any(|token| same(wanted, token) || is_part(wanted, token));
        self.forms.iter().any(|form| form.split(' ').all(has))
    }

    /// Whether it is a word for things, and no name.
    pub(crate) fn is_kind(&self) -> bool {
        self.forms.len() > 1
    }

    pub(crate) fn is_in_title(&self, product: &Product) -> bool {
        self.is_in(&tokens(&product.title))
            || self.is_in(&product.tags.iter().map(|tag| folded(tag)).collect::<Vec<_>>())
    }

    pub(crate) fn is_said_of(&self, product: &Product) -> bool {
        self.is_in_title(product) || self.is_in(&tokens(&product.description))
    }

    /// Whether a text names it.
    pub(crate) fn is_said_in(&self, text: &str) -> bool {
        self.is_in(&tokens(text))
    }
}

/// What is looked for in a message: its words without those that only ask.
pub(crate) fn wanted(said: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for token in said.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        let token = token.trim_matches('-');
        // "Conseillez-vous".
        let token = token.split_once('-').filter(|(_, end)| INVERTED.contains(end)).map_or(token, |(verb, _)| verb);
        let text = folded(token);
        // Digits alone are amounts and sizes, with a letter before them sockets and models.
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        if text.chars().count() < 3 || is_number || STOP.split_whitespace().any(|stop| folded(stop) == text) {
            continue;
        }
        if words.iter().all(|word| word.forms[0] != text) {
            words.push(Word::new(token));
        }
    }
    words
}

/// What French hangs on a verb.
const INVERTED: &[&str] = &["vous", "tu", "nous", "moi", "il", "elle", "t-il", "t-elle", "ils", "elles", "m'en", "les"];

/// For the catalogue's search: every form, so that it finds what is written in its own language.
pub(crate) fn query(words: &[Word]) -> String {
    let mut query: Vec<&str> = Vec::new();
    for form in words.iter().flat_map(|word| &word.forms) {
        if !query.contains(&form.as_str()) {
            query.push(form);
        }
    }
    query.join(" ")
}

/// Words of a product's title that name it.
pub(crate) fn title_words(title: &str) -> Vec<String> {
    tokens(title).into_iter().filter(|token| token.chars().count() >= 3).collect()
}

fn tokens(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|token| !token.is_empty()).map(folded).collect()
}

/// Equal but for the ending: plural, article, gender.
pub(crate) fn same(a: &str, b: &str) -> bool {
    if a == b || a.trim_end_matches('s') == b.trim_end_matches('s') {
        return true;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    common >= 4 && common + 3 >= a.len().max(b.len())
}

/// What a compound is, as Dutch and Swedish make them: `lamp` in `tafellamp` and `bordslampa`. The whole isn't in its part.
fn is_part(part: &str, whole: &str) -> bool {
    let ends =
        whole.ends_with(part) || whole.char_indices().next_back().is_some_and(|(at, _)| whole[..at].ends_with(part));
    part.len() >= 4 && whole.len() >= part.len() + 3 && ends && !whole.ends_with("able")
}

/// Small letters without accents.
fn folded(text: &str) -> String {
    text.trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'à' | 'â' | 'ä' | 'á' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' | 'í' => 'i',
            'ô' | 'ö' | 'ó' => 'o',
            'ù' | 'û' | 'ü' | 'ú' => 'u',
            'ç' => 'c',
            c => c,
        })
        .collect()
}

/// Whether a colour is among the words.
pub(crate) fn colour(words: &[Word]) -> Option<&Word> {
    words.iter().find(|word| COLOURS.iter().any(|colour| word.forms.iter().any(|form| form == colour)))
}

/// By their English names, which the glossary gives to the others.
#[rustfmt::skip]
const COLOURS: &[&str] = &[
    "black", "white", "grey", "red", "blue", "green", "yellow", "orange", "pink", "purple", "brown", "beige", "gold",
    "silver",
];

/// A row is one thing: in English, French, Dutch and Swedish, with other forms behind a slash.
#[rustfmt::skip]
const GLOSSARY: &[&str] = &[
    "black,noir/noire/noirs/noires,zwart/zwarte,svart/svarta",
    "white,blanc/blanche/blancs/blanches,wit/witte,vit/vita/vitt",
    "grey/gray,gris/grise,grijs/grijze,grå/grått",
    "red,rouge/rouges,rood/rode,röd/röda/rött",
    "blue,bleu/bleue/bleus,blauw/blauwe,blå/blått",
    "green,vert/verte/verts,groen/groene,grön/gröna/grönt",
    "yellow,jaune,geel/gele,gul/gula/gult",
    "pink,rose,roze,rosa",
    "purple,violet/violette,paars/paarse,lila",
    "brown,marron/brun,bruin/bruine,brun/bruna/brunt",
    "gold,doré/dorée/or,goud/gouden,guld",
    "silver,argent/argenté/argentée,zilver/zilveren,silver",
    "brass,laiton,messing,mässing",
    "wood/wooden,bois,hout/houten,trä",
    "glass,verre,glas,glas",
    "steel,acier,staal/stalen,stål",
    "linen,lin,linnen,linne",
    "cotton,coton,katoen,bomull",
    "wool,laine,wol/wollen,ull",
    "leather,cuir,leer/leren,läder/skinn",
    "silk,soie,zijde,silke",
    "ceramic/stoneware,céramique/grès,keramiek/aardewerk,keramik/stengods",
    "porcelain,porcelaine,porselein,porslin",
    "kitchen,cuisine,keuken,kök/köket",
    "bedroom,chambre,slaapkamer,sovrum/sovrummet",
    "bathroom,salle de bain,badkamer,badrum/badrummet",
    "living room,salon/séjour,woonkamer,vardagsrum/vardagsrummet",
    "office,bureau,kantoor,kontor/kontoret",
    "garden,jardin,tuin,trädgård/trädgården",
    "outdoor/outside,extérieur,buiten,utomhus/ute",
    "dimmable/dimmer,variateur,dimbaar/dimbare,dimbar/dimbart/dimmer",
    "lamp,lampe/lampes,lamp/lampen,lampa/lampor",
    "light,luminaire/lumière,licht/verlichting,ljus/belysning",
    "table lamp,lampe de table,tafellamp/tafellampen,bordslampa/bordslampor",
    "floor lamp,lampadaire,vloerlamp/staande lamp,golvlampa/golvlampor",
    "wall light,applique,wandlamp/wandlampen,vägglampa/vägglampor",
    "pendant,suspension/plafonnier,hanglamp/hanglampen,taklampa/taklampor/pendel",
    "bulb,ampoule/ampoules,gloeilamp/peertje/lichtbron,glödlampa/glödlampor",
    "coffee,café,koffie,kaffe",
    "beans,grains,bonen/koffiebonen,bönor/kaffebönor",
    "tea,thé,thee,te",
    "mug/cup,tasse/mug,mok/mokken/beker/kopje,mugg/kopp",
    "kettle,bouilloire,waterkoker/ketel,vattenkokare/kittel",
    "grinder/mill,moulin,koffiemolen/molen,kaffekvarn/kvarn",
    "dripper/filter,filtre/dripper,filterhouder/filter,kaffefilter/filterhållare",
    "bag,sac,tas,väska",
    "shirt,chemise,overhemd/hemd,skjorta",
    "dress,robe,jurk,klänning",
    "trousers/pants,pantalon,broek,byxor",
    "shoe/shoes,chaussure/chaussures,schoen/schoenen,sko/skor",
    "jacket/coat,veste/manteau,jas,jacka",
    "sweater/jumper,pull,trui,tröja",
    "chair,chaise,stoel,stol",
    "table,table,tafel,bord",
    "book,livre,boek,bok",
    "course,cours,cursus,kurs",
    "women/woman,femme/femmes,dames/vrouwen,dam/kvinnor",
    "men/man,homme/hommes,heren/mannen,herr/män",
    "children/kids/child,enfant/enfants,kinderen/kind,barn",
    "small,petit/petite,klein/kleine,liten/litet/små",
    "large/big,grand/grande,groot/grote,stor/stort/stora",
];

/// Words that ask, and don't say what for. Those about prices and stock are among them.
const STOP: &str = "\
    like might may maybe perhaps work works the and for you your have has had can could would should want need needs \
    looking look find show give recommend recommendation recommendations suggest suggestion suggestions something \
    anything some any one ones what which who where when how much many that this these those with without from into \
    are was were does did not but also just really very please thanks thank hello hey good nice great best better \
    cool perfect beautiful cosy fits fit fitting compatible goes similar same comparable alternative alternatives \
    other others another else more different again under over below above less than cheaper cheap cheapest expensive \
    dearer price prices priced cost costs budget around about between most least max maximum euro euros eur dollar \
    dollars pounds kronor sek usd gbp stock available availability sold out still now today gift gifts present \
    presents idea ideas birthday christmas mother father mum mom dad wife husband girlfriend boyfriend friend \
    friends sister brother grandmother someone somebody person loves love loved likes whose his her him she they \
    them their its mine our product products item items article articles thing things stuff kind type sort colour \
    colours color colors size sizes sell buy get selling buying bought order ordered last time use used page see \
    help choose choosing pick decide compare comparison difference versus two both too only even new got there here \
    know tell will make makes well right room whats ill une des les est sont que qui quoi quel quelle quels quelles \
    pour avec sans dans sur sous par pas plus moins cher chère chers prix coûte coûtent coute combien vous votre vos \
    avez auriez nous notre mon mes ton son ses leur cherche chercher cherchez voudrais veux aimerais aime besoin \
    montrez montrer montre conseillez conseiller conseil conseils recommandez recommander proposez proposer quelque \
    quelques chose autre autres encore similaire similaires pareil comme celui celle celui-ci celle-ci cela ceci \
    entre environ disponible disponibles rupture cadeau cadeaux offrir offre quelqu idée idées mère père femme mari \
    ami amie copain copine anniversaire noël bonjour merci svp plaît produit produits couleur couleurs taille \
    meilleur meilleure mieux différence comparer acheter vendez vont aller bien joli jolie beau belle ils elle elles \
    aux cette ces moi faire fait avoir être avis vais genre même een het dit dat deze die wat welke hoe wie waar \
    voor met zonder van naar onder boven meer minder dan goedkoper goedkoop goedkoopste meerdere volgende duurder \
    duur prijs kost kosten hoeveel jullie heb hebben hebt heeft zoek zoeken ben wil willen graag nodig kan kun \
    kunnen kunt laat zien toon aanraden raad raden aan advies adviseren suggestie iets ander andere anders nog \
    zoiets vergelijkbaar vergelijkbare dergelijk zoals tussen rond ongeveer maximaal tot voorraad leverbaar \
    beschikbaar uitverkocht cadeautje iemand geven kado geschenk idee ideeën moeder vader vrouw vriend vriendin \
    verjaardag kerst hallo hoi bedankt producten artikel artikelen kleur kleuren maat beste beter verschil vergelijk \
    vergelijken kopen koop verkopen past passen passend bij erbij mooi mooie leuk leuke goed goede mijn zijn haar \
    hem ons onze jou als ook niet geen wel ett den det denna detta dessa vad vilken vilket vilka hur vem var för med \
    utan från till över mer mindre fler flera mera nästa billigare billig billigast dyrare dyr pris priset kostar \
    kosta mycket har finns söker letar leta vill skulle behöver kunde visa rekommendera rekommenderar rekommendation \
    tips föreslå förslag något någon några annan annat andra liknande samma sådan sådana mellan runt ungefär högst \
    upp lager slut kvar tillgänglig presenter pappa julklapp idé idéer mamma fru vän kompis födelsedag jul hej tack \
    produkt produkter vara varor färg färger storlek bäst bättre skillnad skillnaden jämför jämföra köpa köp säljer \
    sälja passar passa ihop fin fina snygg bra min mitt mina din vår hon han som också inte och att jag man eller \
    enjoys enjoy likes into adore adorent plaît plairait houdt houden vindt leest drinkt gillar älskar tycker efter \
    åt ge bort budget presenten cadeaus";

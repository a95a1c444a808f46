//! What the workspace knows of SMS, WhatsApp and e-mail.

use serde_json::{Value, json};
use usher_browser_tests::{Demo, Desk, Screen, in_browser};
use usher_channels::twilio::{Alphabet, segments};

/// Texts at every edge: of one message and of several, of both alphabets, with signs that take two places.
fn texts() -> Vec<String> {
    let mut texts =
        vec![String::new(), "Där är den, för 5 öre\r\n".into(), "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà".into()];
    texts.extend(["ê", "ç", "`", "’", "\t", "中", "€", "\u{c}", "[", "\u{1f600}"].map(str::to_owned));
    for (sign, edges) in [
        ("a", [159, 160, 161, 306, 307, 459, 460]),
        ("€", [79, 80, 81, 152, 153, 154, 228]),
        ("ê", [69, 70, 71, 134, 135, 201, 202]),
        ("😀", [34, 35, 36, 66, 67, 99, 100]),
    ] {
        texts.extend(edges.map(|count| sign.repeat(count)));
    }
    for before in [151, 152, 153, 158, 159] {
        texts.push(format!("{}€{}", "a".repeat(before), "a".repeat(152)));
    }
    for before in [65, 66, 67, 69] {
        texts.push(format!("{}😀{}", "ê".repeat(before), "ê".repeat(66)));
    }
    texts
}

/// How far messages came is read beside them: where that fails, they are shown all the same.
#[tokio::test]
async fn a_message_is_shown_where_its_way_is_not_known() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        Desk::open(browser, &demo).await;
        let read = "return Promise.all([import('/desk/files/opened.js'), import('/desk/files/api.js')])
            .then(async ([{ Opened }, { api }]) => {
                const told = [];
                const desk = { people: [], isMe: () => false, tell: (what) => told.push(what) };
                const channel = { channel: 'sms', ours: '+15550100', theirs: '+15550177' };
                const message = (seq) => ({ id: `m${seq}`, seq, author: 'human', delivery: { state: 'sent' } });
                let last = 1;
                api.conversationMessages = async (id, after) =>
                    ({ owner: 'human', channel, last_seq: last, messages: after < last ? [message(last)] : [] });
                api.dispatches = async () => { throw { kind: 'unreachable' }; };
                const opened = new Opened(desk, 'c', 'assistant', {});
                await opened.refresh();
                [last, told.length] = [2, 0];
                await opened.refresh();
                opened.leave();
                return [opened.state, opened.messages.length, told.includes('conversation')];
            })";
        assert_eq!(browser.frame(read).await, json!(["ready", 2, true]));
    })
    .await;
}

#[tokio::test]
async fn only_by_sms_a_customer_writes_start() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        Desk::open(browser, &demo).await;
        let told = "return import('/desk/files/channel.js').then(({ fateOfReply }) => ['sms', 'whatsapp', 'email'].map(
            (channel) => fateOfReply({ channel, opted_out_since: '2026-09-10T10:00:00Z' }).includes('START')))";
        assert_eq!(browser.frame(told).await, json!([true, false, false]));
    })
    .await;
}

#[tokio::test]
async fn a_text_is_counted_as_the_server_counts_it() {
    let demo = Demo::start().await;
    in_browser(Screen::Desktop, async |browser| {
        Desk::open(browser, &demo).await;
        let texts = texts();
        let count = "return import('/desk/files/segments.js').then(({ segments }) =>
            arguments[0].map((text) => { const { alphabet, units, count } = segments(text); return [alphabet, units, count]; }))";
        let counted = browser.run(count, vec![json!(texts)]).await;
        let expected: Vec<Value> = texts
            .iter()
            .map(|text| {
                let found = segments(text);
                let alphabet = if found.alphabet == Alphabet::Gsm { "gsm" } else { "ucs2" };
                json!([alphabet, found.units, found.count])
            })
            .collect();
        for ((text, counted), expected) in texts.iter().zip(counted.as_array().unwrap()).zip(&expected) {
            assert_eq!(counted, expected, "{text:?}");
        }
        assert_eq!(counted.as_array().unwrap().len(), expected.len());
    })
    .await;
}

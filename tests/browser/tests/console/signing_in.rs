//! Signing in, its second factor, and where it leads.

use serde_json::Value;
use usher_browser_tests::console::PASSWORD;
use usher_browser_tests::{Browser, Console, Demo, Screen, Team, in_browser};

#[tokio::test]
async fn signing_in_leads_back_and_nowhere_else() {
    let demo = Demo::start().await;
    let _team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = Console::of(browser, &demo.usher);
        console.open("/skills?range=7d").await;
        assert_eq!(console.place().await, "/console/sign-in?back=%2Fconsole%2Fskills%3Frange%3D7d");
        console.picture("sign-in").await;
        assert_eq!(console.problems().await, [] as [String; 0]);

        console.sign_in("owner@shop.example", "not the password").await;
        browser
            .until("it is refused", async || {
                browser.frame("return document.querySelector('.trouble').checkVisibility()").await == true
            })
            .await;
        let words = browser.frame("return document.querySelector('.trouble').textContent").await;
        console.fill("email", "nobody@shop.example").await;
        console.press("Sign in").await;
        browser
            .until("it is refused again", async || {
                browser.frame("return document.querySelector('#sign-in').getAttribute('aria-busy') === null").await
                    == true
            })
            .await;
        let other = browser.frame("return document.querySelector('.trouble').textContent").await;
        assert_eq!(words, other, "whether there is such an account isn't told");
        console.picture("sign-in-refused").await;
        assert_eq!(console.problems().await, [] as [String; 0]);

        console.sign_in("owner@shop.example", PASSWORD).await;
        console.arrive("/skills?range=7d").await;
        let cookie = browser.frame("return document.cookie").await;
        assert_eq!(cookie, "", "no script reads the session");

        console.press("The owner").await;
        console.press("Sign out").await;
        console.arrive("/sign-in").await;
        // What can be read is gone with the session, the browser's memory of pages included.
        browser.client.back().await.unwrap();
        console.settled().await;
        assert!(console.place().await.starts_with("/console/sign-in"), "{}", console.place().await);

        for elsewhere in [
            "https://evil.example/console",
            "//evil.example/console",
            "/\\evil.example/console",
            "/console/../desk",
            "javascript:window.pwned=1",
            "/consolation",
        ] {
            let back: String = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
            console.open(&format!("/sign-in?back={back}")).await;
            console.sign_in("analyst@shop.example", PASSWORD).await;
            console.arrive("").await;
            browser.client.delete_all_cookies().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn too_many_wrong_passwords_are_told() {
    let demo = Demo::start().await;
    let _team = Team::found(&demo).await;
    in_browser(Screen::Phone, async |browser| {
        let console = Console::of(browser, &demo.usher);
        console.open("/sign-in").await;
        console.fill("email", "agent@shop.example").await;
        let said = "return document.querySelector('.trouble').textContent";
        let locked = async || browser.frame(said).await.as_str().unwrap_or_default().contains("again in");
        for _ in 0..30 {
            console.fill("password", "not the password").await;
            console.press("Sign in").await;
            browser
                .until("there is an answer", async || {
                    browser.frame("return document.querySelector('#sign-in').getAttribute('aria-busy') === null").await
                        == true
                })
                .await;
            if locked().await {
                break;
            }
        }
        assert!(locked().await, "{}", browser.frame(said).await);
        console.picture("sign-in-locked").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        // The right password is no way around it.
        console.sign_in("agent@shop.example", PASSWORD).await;
        browser.until("it is still refused", async || locked().await).await;
        assert_eq!(console.place().await, "/console/sign-in");
    })
    .await;
}

/// What an authenticator shows: RFC 6238 over the secret that the page shows, by the browser's own cryptography.
async fn code(browser: &Browser, secret: &str, steps: i32) -> String {
    let script = "const [secret, steps, done] = arguments;
        const bits = [...secret.replaceAll(' ', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
        const key = new Uint8Array(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
        const counter = new DataView(new ArrayBuffer(8));
        counter.setBigUint64(0, BigInt(Math.floor(Date.now() / 30000) + steps));
        crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
          .then((key) => crypto.subtle.sign('HMAC', key, counter.buffer))
          .then((made) => {
            const view = new DataView(made), at = view.getUint8(19) & 15;
            done(String((view.getUint32(at) & 0x7fffffff) % 1000000).padStart(6, '0'));
          }, (error) => done(String(error)));";
    let made = browser.client.execute_async(script, vec![secret.into(), steps.into()]).await.unwrap();
    made.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_asked_for() {
    let demo = Demo::start().await;
    let team = Team::found(&demo).await;
    in_browser(Screen::Desktop, async |browser| {
        let console = team.enter(browser, "reviewer").await;
        console.open("/account").await;
        console.press("Set up a second factor").await;
        console.see("Scan this").await;
        let drawn = "const picture = document.getElementById('totp-picture'); return picture.complete && picture.naturalWidth > 100";
        browser.until("the picture is there", async || browser.frame(drawn).await == true).await;
        let link = browser.frame("return document.getElementById('totp-link').href").await;
        assert!(link.as_str().unwrap().starts_with("otpauth://totp/"), "{link}");
        console.picture("second-factor").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let secret = browser.frame("return document.getElementById('totp-secret').textContent").await;
        let secret = secret.as_str().unwrap();
        console.fill("code", "000000").await;
        console.press("Switch it on").await;
        console.see("is not what an authenticator with this secret shows now").await;
        console.fill("code", &code(browser, secret, 0).await).await;
        console.press("Switch it on").await;
        console.see("Keep these codes").await;
        console.picture("recovery-codes").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        let codes: Value = browser.frame("return document.getElementById('recovery-codes').textContent.split('\\n')").await;
        let codes = codes.as_array().unwrap().clone();
        assert!(codes.len() >= 8, "{codes:?}");
        console.press("I have kept them").await;
        console.see(&format!("{} recovery codes are left", codes.len())).await;
        let gone = "return document.getElementById('recovery-codes').textContent === ''";
        browser.until("the codes are gone from the page", async || browser.frame(gone).await == true).await;

        // The password alone isn't enough now.
        browser.client.delete_all_cookies().await.unwrap();
        console.open("/sign-in?back=/console/help").await;
        console.sign_in("reviewer@shop.example", PASSWORD).await;
        console.see("The six digits").await;
        browser.until("the code is asked for", async || browser.focus().await == "f-code").await;
        console.picture("sign-in-code").await;
        assert_eq!(console.problems().await, [] as [String; 0]);
        console.fill("code", "123456").await;
        console.press("Sign in").await;
        console.see("is wrong, or was used already").await;
        // Where the device is lost, one of the codes does it, once.
        let recovery = codes[0].as_str().unwrap();
        console.fill("code", recovery).await;
        console.press("Sign in").await;
        console.arrive("/help").await;
        browser.client.delete_all_cookies().await.unwrap();
        console.open("/sign-in").await;
        console.sign_in("reviewer@shop.example", PASSWORD).await;
        console.fill("code", recovery).await;
        console.press("Sign in").await;
        console.see("is wrong, or was used already").await;
        // The code of the device is good for one sign-in; the next one has another.
        console.fill("code", &code(browser, secret, 1).await).await;
        console.press("Sign in").await;
        console.arrive("").await;
    })
    .await;
}

//! The page's own words, in the language that the browser asks for. What the scenario says is shown as it is.

use actix_web::http::header::{self, HeaderMap};
use run::answer::Flaw;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    TraditionalChinese,
    SimplifiedChinese,
}

/// Every word and sentence of the page.
pub(super) struct Words {
    /// The language's tag (BCP 47).
    pub(super) tag: &'static str,
    pub(super) send: &'static str,
    pub(super) required: &'static str,
    pub(super) choose: &'static str,
    pub(super) mistakes: &'static str,
    pub(super) by_program: &'static str,
    pub(super) thanks: &'static str,
    pub(super) recorded: &'static str,
    pub(super) over: &'static str,
    pub(super) nothing_to_do: &'static str,
    pub(super) unknown: &'static str,
    pub(super) look_at_link: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) try_again: &'static str,
    pub(super) untitled: &'static str,
    /// What stands before and after the time until which an answer is waited for.
    pub(super) until: (&'static str, &'static str),
}

const ENGLISH: Words = Words {
    tag: "en",
    send: "Send",
    required: "required",
    choose: "Choose…",
    mistakes: "Something is missing or not right yet. Please look at the marked places.",
    by_program: "This link is answered by a program. There is nothing to do here.",
    thanks: "Thank you",
    recorded: "Your answer is recorded. You can close this page.",
    over: "Nothing is waited for here any more",
    nothing_to_do: "This was answered before, or its time is over. There is nothing left to do.",
    unknown: "This link does not work",
    look_at_link: "Please check that the whole address was copied.",
    unreachable: "This cannot be answered right now",
    try_again: "Nothing is lost. Please try again in a moment.",
    untitled: "Your answer is asked for",
    until: ("Please answer by ", "."),
};

const TRADITIONAL: Words = Words {
    tag: "zh-Hant",
    send: "送出",
    required: "必填",
    choose: "請選擇…",
    mistakes: "有些內容未填或不正確，請查看標示的地方。",
    by_program: "此連結由程式回覆，您不需要做任何事。",
    thanks: "謝謝您",
    recorded: "您的回覆已記錄，可以關閉此頁面。",
    over: "這裡已不再等待回覆",
    nothing_to_do: "此請求先前已有人回覆，或已超過期限，不需要再做任何事。",
    unknown: "此連結無效",
    look_at_link: "請確認網址是否完整複製。",
    unreachable: "目前無法回覆",
    try_again: "資料並未遺失，請稍後再試。",
    untitled: "請您回覆",
    until: ("請於 ", " 前回覆。"),
};

const SIMPLIFIED: Words = Words {
    tag: "zh-Hans",
    send: "提交",
    required: "必填",
    choose: "请选择…",
    mistakes: "有些内容未填或不正确，请查看标示的地方。",
    by_program: "此链接由程序回复，您无需进行任何操作。",
    thanks: "谢谢您",
    recorded: "您的回复已记录，可以关闭此页面。",
    over: "这里已不再等待回复",
    nothing_to_do: "此请求此前已有人回复，或已超过期限，无需再进行任何操作。",
    unknown: "此链接无效",
    look_at_link: "请确认网址是否完整复制。",
    unreachable: "目前无法回复",
    try_again: "数据并未丢失，请稍后再试。",
    untitled: "请您回复",
    until: ("请在 ", " 前回复。"),
};

impl Language {
    /// The one of ours that is wanted most (RFC 9110 §12.5.4); English where none is.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut best = (0, Self::English);
        for range in wanted.split(',').take(20) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight(parameters);
            if let Some(language) = Self::named(tag).filter(|_| weight > best.0) {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Chinese is written as its script or, without one, its region says.
    fn named(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut parts = tag.split('-');
        match parts.next()? {
            "en" => Some(Self::English),
            "zh" => {
                let traditional = parts.find_map(|part| match part {
                    "hant" | "tw" | "hk" | "mo" => Some(true),
                    "hans" | "cn" | "sg" => Some(false),
                    _ => None,
                });
                Some(if traditional == Some(true) { Self::TraditionalChinese } else { Self::SimplifiedChinese })
            }
            _ => None,
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::TraditionalChinese => &TRADITIONAL,
            Self::SimplifiedChinese => &SIMPLIFIED,
        }
    }

    /// What is wrong with a field, as a sentence of its own.
    pub(super) fn flaw(self, flaw: &Flaw) -> String {
        let (traditional, simplified) = match flaw {
            Flaw::Missing => ("請填寫此欄。".to_owned(), "请填写此项。".to_owned()),
            Flaw::NotTicked => ("請勾選此欄。".to_owned(), "请勾选此项。".to_owned()),
            Flaw::NoText => ("這不是文字。".to_owned(), "这不是文本。".to_owned()),
            Flaw::TooLong(most) => (format!("超過 {most} 個字元。"), format!("超过 {most} 个字符。")),
            Flaw::NoNumber => ("這不是數字。".to_owned(), "这不是数字。".to_owned()),
            Flaw::NoDay => ("這不是日期，請寫成 2026-12-31。".to_owned(), "这不是日期，请写成 2026-12-31。".to_owned()),
            Flaw::NeitherYesNorNo => ("請回答是或否。".to_owned(), "请回答是或否。".to_owned()),
            Flaw::NoneOf(options) => {
                let options = options.join("、");
                (format!("請選擇其中一項：{options}。"), format!("请选择其中一项：{options}。"))
            }
        };
        match self {
            Self::English => sentence(&flaw.to_string()),
            Self::TraditionalChinese => traditional,
            Self::SimplifiedChinese => simplified,
        }
    }
}

/// `q=0.8` in thousandths; 1000 without it, 0 where it is no number.
fn weight(parameters: &str) -> u16 {
    let given = parameters.split(';').find_map(|one| one.trim().strip_prefix("q="));
    let weight: f32 = given.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
    (weight.clamp(0.0, 1.0) * 1_000.0) as u16
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn check(wanted: &str, expected: Language) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(wanted).unwrap());
        assert_eq!(Language::of(&headers), expected, "{wanted}");
    }

    #[test]
    fn the_language_that_is_wanted_most_is_taken() {
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
        for (wanted, expected) in [
            ("en-GB,zh;q=0.9", Language::English),
            ("fr, zh-TW;q=0.8, en;q=0.7", Language::TraditionalChinese),
            ("en;q=0.5, zh-CN", Language::SimplifiedChinese),
            ("zh", Language::SimplifiedChinese),
            ("zh-Hans-TW", Language::SimplifiedChinese),
            ("zh-Hant-CN", Language::TraditionalChinese),
            ("ZH-hk", Language::TraditionalChinese),
            ("zh-TW;q=0, en;q=0.1", Language::English),
            ("zh-TW;q=x", Language::English),
            ("*;q=1;;,,", Language::English),
        ] {
            check(wanted, expected);
        }
    }

    #[test]
    fn flaws_are_sentences() {
        assert_eq!(Language::English.flaw(&Flaw::Missing), "This must be filled in.");
        assert_eq!(Language::English.flaw(&Flaw::NoneOf(vec!["a".into(), "b".into()])), "Choose one of a, b.");
        assert_eq!(Language::TraditionalChinese.flaw(&Flaw::NoNumber), "這不是數字。");
    }
}

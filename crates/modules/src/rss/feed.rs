//! From the text of a feed to its articles: RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287), JSON Feed 1.1.

use crate::spec::invalid;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use run::error::StepError;
use serde_json::{Map, Value, json};
use url::Url;

/// A feed.
#[derive(Debug)]
pub(super) struct Feed {
    title: Value,
    url: Value,
    items: Vec<Item>,
}

/// An article, with what it is sorted by.
#[derive(Debug)]
struct Item {
    time: Option<Timestamp>,
    value: Value,
}

impl Feed {
    /// Leaves the newest articles, those after `since`. Without a time they keep their places behind the others.
    pub(super) fn newest(&mut self, limit: usize, since: Option<Timestamp>) {
        if let Some(since) = since {
            self.items.retain(|item| item.time.is_some_and(|time| time > since));
        }
        self.items.sort_by_key(|item| std::cmp::Reverse(item.time));
        self.items.truncate(limit);
    }

    pub(super) fn into_value(self) -> Value {
        let items: Vec<Value> = self.items.into_iter().map(|item| item.value).collect();
        json!({ "title": self.title, "url": self.url, "items": items })
    }
}

/// The time that a parameter says.
pub(super) fn since(text: &str) -> Result<Timestamp, StepError> {
    time(text).ok_or_else(|| invalid(format!("`since`: {text:?} is no time such as `2026-11-22T08:00:00Z`")))
}

/// The feed that a text is. Addresses in it are relative to `base`.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<Feed, StepError> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let unknown = || {
        StepError::permanent("no_feed", "this is neither RSS, nor Atom, nor a JSON Feed").hint(
            "look for the address of the feed in the page: `<link rel=\"alternate\" type=\"application/rss+xml\">`",
        )
    };
    if text.starts_with('{') {
        let feed: Value = serde_json::from_str(text).map_err(|_| unknown())?;
        return if feed["items"].is_array() { Ok(json_feed(&feed, base)) } else { Err(unknown()) };
    }
    let document = scenario::xml::read(text)
        .map_err(|why| StepError::permanent("no_feed", format!("the feed is no XML that is read: {why}")))?;
    if let Some(channel) = document["rss"].get("channel") {
        return Ok(rss(channel, each(&channel["item"]), base));
    }
    if let Some(root) = document.get("rdf:RDF") {
        return Ok(rss(&root["channel"], each(&root["item"]), base));
    }
    document.get("feed").filter(|feed| feed.is_object()).map(|feed| atom(feed, base)).ok_or_else(unknown)
}

fn rss<'f>(channel: &Value, items: impl Iterator<Item = &'f Value>, base: Option<&Url>) -> Feed {
    let item = |item: &Value| {
        let said = text_of(&item["pubDate"]).or_else(|| text_of(&item["dc:date"]));
        let published = said.as_deref().and_then(time);
        let guid = text_of(&item["guid"]);
        let is_link =
            item["guid"]["@isPermaLink"] != "false" && guid.as_deref().is_some_and(|id| id.starts_with("http"));
        let link = text_of(&item["link"]).or_else(|| guid.clone().filter(|_| is_link));
        let link = link.map(|link| joined(base, &link));
        let summary = text_of(&item["description"]);
        let value = json!({
            "id": guid.or_else(|| link.clone()),
            "title": text_of(&item["title"]),
            "url": link,
            "published": published.map(|time| time.to_string()),
            "updated": text_of(&item["atom:updated"]).as_deref().and_then(time).map(|time| time.to_string()),
            "author": text_of(&item["dc:creator"]).or_else(|| text_of(&item["author"])),
            "summary": summary,
            "content": text_of(&item["content:encoded"]).or(summary.clone()),
            "categories": each(&item["category"]).filter_map(text_of).collect::<Vec<_>>(),
            "enclosures": each(&item["enclosure"]).filter_map(|one| enclosure(one, "@url", base)).collect::<Vec<_>>(),
            "image": image(item, base),
        });
        Item { time: published, value }
    };
    Feed {
        title: text_of(&channel["title"]).into(),
        url: text_of(&channel["link"]).map(|link| joined(base, &link)).into(),
        items: items.map(item).collect(),
    }
}

fn atom(feed: &Value, base: Option<&Url>) -> Feed {
    let entry = |entry: &Value| {
        let published = text_of(&entry["published"]).as_deref().and_then(time);
        let updated = text_of(&entry["updated"]).as_deref().and_then(time);
        let summary = text_of(&entry["summary"]);
        let value = json!({
            "id": text_of(&entry["id"]),
            "title": text_of(&entry["title"]),
            "url": link(entry, "alternate", base),
            "published": published.or(updated).map(|time| time.to_string()),
            "updated": updated.map(|time| time.to_string()),
            "author": text_of(&entry["author"]["name"]).or_else(|| text_of(&entry["author"][0]["name"])),
            "summary": summary,
            "content": text_of(&entry["content"]).or(summary.clone()),
            "categories": each(&entry["category"]).filter_map(|one| text_of(&one["@term"])).collect::<Vec<_>>(),
            "enclosures": each(&entry["link"])
                .filter(|link| link["@rel"] == "enclosure")
                .filter_map(|one| enclosure(one, "@href", base))
                .collect::<Vec<_>>(),
            "image": image(entry, base),
        });
        Item { time: published.or(updated), value }
    };
    Feed {
        title: text_of(&feed["title"]).into(),
        url: link(feed, "alternate", base).into(),
        items: each(&feed["entry"]).map(entry).collect(),
    }
}

fn json_feed(feed: &Value, base: Option<&Url>) -> Feed {
    let at = |value: &Value| value.as_str().map(|url| joined(base, url));
    let item = |item: &Value| {
        let published = item["date_published"].as_str().and_then(time);
        let updated = item["date_modified"].as_str().and_then(time);
        let html = item["content_html"].as_str().or(item["content_text"].as_str());
        let author = item["authors"][0]["name"].as_str().or(item["author"]["name"].as_str());
        let enclosures = each(&item["attachments"]).filter_map(|one| {
            Some(json!({ "url": at(&one["url"])?, "type": one["mime_type"], "length": one["size_in_bytes"] }))
        });
        let value = json!({
            "id": item["id"],
            "title": item["title"],
            "url": at(&item["url"]),
            "published": published.or(updated).map(|time| time.to_string()),
            "updated": updated.map(|time| time.to_string()),
            "author": author,
            "summary": item["summary"],
            "content": html,
            "categories": each(&item["tags"]).cloned().collect::<Vec<_>>(),
            "enclosures": enclosures.collect::<Vec<_>>(),
            "image": at(&item["image"]),
        });
        Item { time: published.or(updated), value }
    };
    Feed {
        title: feed["title"].clone(),
        url: at(&feed["home_page_url"]).into(),
        items: each(&feed["items"]).map(item).collect(),
    }
}

/// What is repeated, or once there, or not at all.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let (many, one) = match value {
        Value::Array(items) => (items.as_slice(), None),
        Value::Null => (&[] as &[Value], None),
        one => (&[] as &[Value], Some(one)),
    };
    many.iter().chain(one)
}

/// The text of an element, of the first if there are more, with that of its children.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => return items.iter().find_map(text_of),
        Value::Object(members) => flat(members),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn flat(members: &Map<String, Value>) -> String {
    let parts = members.iter().filter(|(name, _)| !name.starts_with('@'));
    let parts = parts.flat_map(|(_, value)| each(value)).filter_map(text_of);
    parts.collect::<Vec<_>>().join(" ")
}

/// The address of a link of this kind.
fn link(entry: &Value, kind: &str, base: Option<&Url>) -> Option<String> {
    let is_kind = |link: &&Value| link["@rel"].as_str().unwrap_or("alternate") == kind;
    each(&entry["link"]).find(is_kind).and_then(|link| link["@href"].as_str()).map(|url| joined(base, url))
}

fn enclosure(one: &Value, address: &str, base: Option<&Url>) -> Option<Value> {
    let url = joined(base, one[address].as_str()?);
    let length = one["@length"].as_str().and_then(|length| length.trim().parse::<u64>().ok());
    Some(json!({ "url": url, "type": one["@type"], "length": length }))
}

fn image(item: &Value, base: Option<&Url>) -> Option<String> {
    let media = each(&item["media:thumbnail"]).chain(each(&item["media:content"]).filter(|media| {
        media["@medium"] == "image" || media["@type"].as_str().is_some_and(|kind| kind.starts_with("image/"))
    }));
    let pictures =
        each(&item["enclosure"]).filter(|one| one["@type"].as_str().is_some_and(|kind| kind.starts_with("image/")));
    media.chain(pictures).find_map(|one| one["@url"].as_str()).map(|url| joined(base, url))
}

fn joined(base: Option<&Url>, url: &str) -> String {
    let whole = base.and_then(|base| base.join(url.trim()).ok());
    whole.map_or_else(|| url.trim().to_owned(), |url| url.to_string())
}

/// RFC 3339, RFC 2822, and what feeds write instead: without a zone it is UTC.
fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let in_utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    text.parse()
        .ok()
        .or_else(|| rfc2822::parse(text).ok().map(|time| time.timestamp()))
        .or_else(|| text.parse::<DateTime>().ok().and_then(in_utc))
        .or_else(|| text.parse::<Date>().ok().and_then(|date| in_utc(date.to_datetime(jiff::civil::Time::midnight()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(text: &str) -> Value {
        read(text, Some(&Url::parse("https://example.com/blog/feed").unwrap())).unwrap().into_value()
    }

    #[test]
    fn all_kinds_say_the_same() {
        let rss = "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title><link>/</link><item><guid \
             isPermaLink='false'>7</guid><title>One</title><link>1</link><pubDate>Sun, 22 Nov 2026 09:00:00 \
             +0100</pubDate><dc:creator>Ann</dc:creator><description><![CDATA[<b>x</b>]]></description>\
             <category>a</category><category>b</category><enclosure url='p.png' type='image/png' length='3'/></item>\
             </channel></rss>";
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title type='text'>News</title><link rel='self' href='x'/>\
             <link href='/'/><entry><id>7</id><title>One</title><link href='1'/><published>2026-11-22T08:00:00Z\
             </published><author><name>Ann</name></author><summary type='html'>&lt;b>x&lt;/b></summary><category term='a'/>\
             <category term='b'/><link rel='enclosure' href='p.png' type='image/png' length='3'/>\
             <media:thumbnail url='p.png'/></entry></feed>";
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"News","home_page_url":"/","items":[{"id":"7",
            "title":"One","url":"1","date_published":"2026-11-22T09:00:00+01:00","authors":[{"name":"Ann"}],
            "summary":"<b>x</b>","content_html":"<b>x</b>","tags":["a","b"],"image":"p.png",
            "attachments":[{"url":"p.png","mime_type":"image/png","size_in_bytes":3}]}]}"#;
        let expected = json!({ "title": "News", "url": "https://example.com/", "items": [{
            "id": "7",
            "title": "One",
            "url": "https://example.com/blog/1",
            "published": "2026-11-22T08:00:00Z",
            "updated": null,
            "author": "Ann",
            "summary": "<b>x</b>",
            "content": "<b>x</b>",
            "categories": ["a", "b"],
            "enclosures": [{ "url": "https://example.com/blog/p.png", "type": "image/png", "length": 3 }],
            "image": "https://example.com/blog/p.png",
        }]});
        for text in [rss, atom, json] {
            assert_eq!(feed(text), expected, "{text}");
        }
    }

    #[test]
    fn the_newest_come_first() {
        let item = |id: &str, date: &str| format!("<item><guid>{id}</guid><pubDate>{date}</pubDate></item>");
        let text = format!(
            "<rss><channel>{}{}{}{}</channel></rss>",
            item("old", "Fri, 20 Nov 2026 08:00:00 GMT"),
            item("odd", "some day"),
            item("new", "2026-11-22 08:00:00"),
            item("mid", "Sat, 21 Nov 2026 08:00:00 EST"),
        );
        let check = |limit, since: Option<&str>, expected: &[&str]| {
            let mut feed = read(&text, None).unwrap();
            feed.newest(limit, since.map(|text| super::since(text).unwrap()));
            let value = feed.into_value();
            let ids: Vec<_> =
                value["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
            assert_eq!(ids, expected);
        };
        check(9, None, &["new", "mid", "old", "odd"]);
        check(2, None, &["new", "mid"]);
        check(9, Some("2026-11-21"), &["new", "mid"]);
    }

    #[test]
    fn what_is_no_feed_says_so() {
        for text in ["", "<html></html>", "{}", "<rss/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>", "no"] {
            assert_eq!(read(text, None).unwrap_err().code, "no_feed", "{text}");
        }
    }
}

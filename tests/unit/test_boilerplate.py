"""Where does the text end? `¦` marks the spot in each case; without a mark nothing may be cut."""

import pytest

from agents.enrichment.boilerplate import text_end
from agents.enrichment.languages import pack

AR = "أعلنت لجنة المراقبة أن القافلة وصلت إلى البلدة مساء أمس بعد انتظار دام يومين.\nوقال سائقون إن الطريق كان مغلقا بسبب الثلوج.\n"
EN = "The monitors said the convoy reached the town after a wait of two days.\nDrivers said the road had been closed by snow.\n"

CUT = {
    "sections and an empty related list": ("ar", AR + "¦أقسام\nأخبار\n\nأخبار متعلقة"),
    "related list of headlines": (
        "ar",
        AR + "¦أخبار متعلقة\nوفد يصل إلى العاصمة لبحث الملفات\nأسعار الخبز ترتفع في المدينة\nوفاة فنان",
    ),
    "read also with colon, once": ("ar", AR + "¦اقرأ أيضا: وفد يصل إلى العاصمة"),
    "vowelled and decorated heading": ("ar", AR + "¦«« مَواضيع ذات صِلة »»\nوفد يصل إلى العاصمة\n"),
    "sharing buttons": ("ar", AR + "¦شارك\nفيسبوك\nتويتر\nواتساب\nطباعة"),
    "comments and counter": ("ar", AR + "¦التعليقات\n3 تعليقات\nأضف تعليقك"),
    "copyright line": ("ar", AR + "¦جميع الحقوق محفوظة © صحيفة المدينة 2026"),
    "more, on its own line": ("ar", AR + "¦...المزيد"),
    "more, glued to the last line": ("ar", AR + "وتتواصل الأعمال حتى المساء.¦ اقرأ المزيد"),
    "follow us sentence": ("ar", AR + "¦تابعونا على تلغرام لمتابعة آخر الأخبار"),
    "text message codes": ("ar", AR + "¦للتواصل أرسل sms إلى 88123 تبدأ بالرمز 200\n88123 - Stc\n635123 - Mobily"),
    "English furniture on an Arabic page": ("ar", AR + "¦Share on Facebook\nTweet\nPrint"),
    "unknown short lines among known ones": ("ar", AR + "¦الرئيسية\nرياضة\nنبض الشارع\nفيديو\nاتصل بنا\nعن الموقع"),
    "tags after the text": ("ar", AR + "¦كلمات مفتاحية\nقافلة\nثلوج"),
    "English related list": ("en", EN + "¦Related articles\nTalks resume in the capital\nBread prices rise again"),
    "English read more line with colon": ("en", EN + "¦Read more: Talks resume in the capital"),
    "English sharing": ("en", EN + "¦Share this\nFacebook\nTwitter\nEmail"),
    "English newsletter": ("en", EN + "¦Subscribe to our newsletter\nGet the latest stories in your inbox"),
    "English copyright glued on": ("en", EN + "Nobody was hurt.¦ © 2026 The Paper. All rights reserved."),
    "English menu": ("en", EN + "¦Home\nWorld\nSport\nContact us\nPrivacy policy"),
    "language without a pack": ("und", EN + "¦Related articles\nTalks resume in the capital"),
    "more of a country": ("ar", AR + "¦المزيد من سوريا\nوفد يصل إلى العاصمة\nأسعار الخبز ترتفع"),
    "a list the desk recommends": ("ar", AR + "¦نرشح لك: وفد يصل إلى العاصمة"),
    "index words": ("ar", AR + "¦الكلمات الدالة\nقافلة\nثلوج"),
    "English more from a region": ("en", EN + "¦More from the Middle East\nTalks resume in the capital"),
    "English credits and standards": ("en", EN + "¦Editing by A. Writer; Our Standards: The Principles of Trust."),
    "comment counter": ("en", EN + "¦12 comments\nLeave a reply"),
}

KEPT = {
    "plain text": ("ar", AR),
    "no text": ("ar", ""),
    "last sentence without a full stop": ("ar", AR + "ولم ترد تفاصيل أخرى عن حجم الأضرار حتى مساء اليوم"),
    "short last sentence": ("ar", AR + "والتحقيق جار."),
    "byline at the end": ("ar", AR + "(أ ف ب)"),
    "bulletin of short lines": (
        "ar",
        "موجز الأنباء\nوصول قافلة إلى البلدة\nإغلاق طريق بسبب الثلوج\nتأجيل جلسة البرلمان\nهدوء حذر على الجبهة",
    ),
    "poem": ("ar", "يا دار هل لك من جواب\nأم طال بعدهم الغياب\nمرت عليك مواسم\nوتبدلت فيك الثياب"),
    "list of results": (
        "ar",
        AR + "نتائج الجولة:\nالفيصلي 2 - 1 الوحدات\nالرمثا 0 - 0 الجزيرة\nالأهلي 3 - 2 شباب الأردن",
    ),
    "list of decisions": ("ar", AR + "وأقر المجلس ما يأتي:\n1- فتح المعبر يوميا\n2- نشر مراقبين\n3- تبادل القوائم"),
    "share as a verb": ("ar", AR + "شارك في الاجتماع ممثلون عن ثلاث دول"),
    "more as a word": ("ar", AR + "وتحتاج المدينة إلى المزيد"),
    "sport as the last word of a title line": ("ar", AR + "وزارة الرياضة\nمكتب الوزير"),
    "heading inside the text": ("ar", "أخبار متعلقة\n" + AR + AR),
    "read also between paragraphs": ("ar", AR + "اقرأ أيضا: وفد يصل إلى العاصمة\n" + AR),
    "body of nothing but furniture": ("ar", "المزيد"),
    "one section name": ("ar", AR + "أخبار"),
    "English verses": ("en", "The road is long\nThe night is cold\nThe lamps are out\nThe songs are old"),
    "English signature": ("en", EN + "Layla Haddad"),
    "English last line that begins like a button": ("en", EN + "Share prices fell by two percent on the news."),
    "English: tags as a word": ("en", EN + "Tags were sewn onto every blanket."),
    "English results": ("en", EN + "Results\nNorth 2 South 1\nEast 0 West 0"),
    "most of the body after a heading": (
        "en",
        "Snow closes road\nRelated articles\n" + "\n".join(f"Headline of story {n}" for n in range(30)),
    ),
}


@pytest.mark.parametrize("case", CUT)
def test_furniture_is_cut_from_the_mark_on(case: str) -> None:
    language, marked = CUT[case]
    body = marked.replace("¦", "")
    end = text_end(body, pack(language))
    assert body[end:].strip() == marked.split("¦")[1].strip()
    assert end <= marked.index("¦") + 1


@pytest.mark.parametrize("case", KEPT)
def test_text_is_kept(case: str) -> None:
    language, body = KEPT[case]
    assert text_end(body, pack(language)) == -1


@pytest.mark.parametrize("case", CUT)
def test_what_is_left_needs_no_second_cut(case: str) -> None:
    language, marked = CUT[case]
    body = marked.replace("¦", "")
    assert text_end(body[: text_end(body, pack(language))], pack(language)) == -1


def test_windows_line_ends() -> None:
    body = (AR + "أقسام\nأخبار متعلقة").replace("\n", "\r\n")
    assert body[text_end(body, pack("ar")) :].startswith("أقسام")

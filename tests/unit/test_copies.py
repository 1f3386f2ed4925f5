"""Copies: what is one text printed twice, and what only looks like it."""

from __future__ import annotations

import random

import pytest

from agents.memory import Memory, unpacked
from agents.stories.copies import Fingerprint, file_original, find_original, fingerprint, text_proper
from streams.records import Article

NEWS = (
    "قال المبعوث الأممي إن وفدي الحكومة والمعارضة سيعودان إلى طاولة المفاوضات مطلع الأسبوع المقبل بعد أن سلم كل منهما "
    "ملاحظاته المكتوبة على مسودة الاتفاق المؤلفة من تسع نقاط، وأضاف في مؤتمر صحفي أن النقاط الثلاث الأولى تتناول وقف القصف "
    "وفتح الطرق أمام قوافل الإغاثة وتبادل قوائم المحتجزين، فيما تتناول البقية ترتيبات المراقبة وجدولا زمنيا لعودة النازحين. "
    "وكان سكان البلدات القريبة من خط التماس قد تحدثوا عن هدوء حذر منذ فجر الثلاثاء لم تقطعه سوى طلقات متفرقة، بينما دعت "
    "منظمات الإغاثة الأطراف كافة إلى السماح بمرور شاحنات الدواء والطحين قبل حلول الشتاء، وحذرت من نفاد الوقود في المشافي."
)
OTHER = (
    "أعلنت وزارة الزراعة أن محصول القمح هذا الموسم تجاوز توقعاتها بنحو عشرة في المئة بفضل الأمطار التي هطلت في الربيع، وقالت إن "
    "صوامع الدولة تسلمت حتى مساء الأحد ما يزيد على مليون طن من المزارعين في ست محافظات. وأوضح مدير الصوامع أن الأسعار التي "
    "تدفع هذا العام تراعي كلفة النقل والوقود، وأن صرف المستحقات يجري خلال عشرة أيام من التسليم، داعيا المزارعين إلى الإسراع."
)


def article(title: str, body: str = "", n: int = 0) -> Article:
    return Article(title=title, body=body, url=f"https://a.example/{n}", published_at="2026-03-02T09:00:00Z")


def edited(text: str, share: float, seed: int) -> str:
    """The text with a share of its words dropped, doubled or replaced."""
    chance = random.Random(seed)  # noqa: S311
    words = []
    for word in text.split():
        if chance.random() < share:
            words += chance.choice([[], [word, word], ["أخرى"]])
        else:
            words.append(word)
    return " ".join(words)


ORIGINAL = article("عودة الوفدين إلى المفاوضات", NEWS)

COPIES = {
    "the same": article("عودة الوفدين إلى المفاوضات", NEWS, 1),
    "another headline": article("تسع نقاط على الطاولة", NEWS, 1),
    "no headline": article("", NEWS, 1),
    "a byline": article("عودة الوفدين إلى المفاوضات", "جنيف (أ ف ب) - " + NEWS, 1),
    "vowel marks, tatweel and quotes": article("عودة الوفدين", NEWS.replace("قال", "قَـــالَ").replace("،", " ،"), 1),
    "a tail of links": article(
        "عودة الوفدين", NEWS + " أقسام أخبار رياضة اقتصاد ثقافة أخبار متعلقة اقرأ أيضا الأكثر قراءة", 1
    ),
    "the first four fifths": article("عودة الوفدين", " ".join(NEWS.split()[:80]), 1),
    "a light edit": article("عودة الوفدين", edited(NEWS, 0.04, seed=1), 1),
    "another light edit": article("عودة", edited(NEWS, 0.04, seed=2), 1),
}
OTHERS = {
    "another text": article("محصول القمح", OTHER, 1),
    "another text under the same headline": article("عودة الوفدين إلى المفاوضات", OTHER, 1),
    "the lead alone, with a report of its own": article("عودة الوفدين", " ".join(NEWS.split()[:20]) + " " + OTHER, 1),
    "the headline alone": article("عودة الوفدين إلى المفاوضات", "", 1),
    "heavily rewritten": article("عودة الوفدين", edited(NEWS, 0.35, seed=3), 1),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy(name: str) -> None:
    assert fingerprint(COPIES[name]).is_copy_of(fingerprint(ORIGINAL))
    assert fingerprint(ORIGINAL).is_copy_of(fingerprint(COPIES[name]))


@pytest.mark.parametrize("name", OTHERS)
def test_not_a_copy(name: str) -> None:
    assert not fingerprint(OTHERS[name]).is_copy_of(fingerprint(ORIGINAL))


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (article("هدنة في حلب"), article("هدنة في حلب", n=1), True),
        (article("هُدنة في حلب"), article("«هدنة» في حلب!", n=1), True),
        (article("هدنة في حلب"), article("هدنة في درعا", n=1), False),
        (article("x"), article("x", n=1), True),
        (article("هدنة", "وقعت في حلب"), article("هدنة وقعت في حلب", n=1), True),
        (article("وقع الطرفان اليوم"), article("خبر آخر", "وقع الطرفان اليوم", n=1), False),
        # A brief item printed as a title by one paper and as a body under a headline by another.
        (
            article("(أ ف ب) وقعت موسكو وأنقرة اليوم هدنة في إدلب تبدأ منتصف الليل وتشمل المدن"),
            article("هدوء مرتقب", "مراسلنا: وقعت موسكو وأنقرة اليوم هدنة في إدلب تبدأ منتصف الليل وتشمل المدن", n=1),
            True,
        ),
    ],
)
def test_short_texts_are_copies_only_if_equal(one: Article, two: Article, same: bool) -> None:
    assert fingerprint(one).is_copy_of(fingerprint(two)) is same


def test_boilerplate_does_not_count() -> None:
    menu = " ".join(f"قسم{n} رابط{n}" for n in range(200))
    bare, with_menu = article("هدنة في حلب"), article("هدنة في حلب", menu, 1)
    assert fingerprint(with_menu, text_end=0) == fingerprint(bare)
    assert not fingerprint(with_menu).is_copy_of(fingerprint(bare))


@pytest.mark.parametrize("one", [ORIGINAL, article("x"), article("هدنة", OTHER)])
def test_a_fingerprint_survives_being_kept(one: Article) -> None:
    assert Fingerprint.unpacked(fingerprint(one).packed()) == fingerprint(one)


def test_fingerprints_mean_the_same_in_every_process() -> None:
    """They are kept in state: a changed number here makes every remembered text unknown."""
    assert fingerprint(ORIGINAL).runs == 99
    assert fingerprint(ORIGINAL).minima[:4] == (49939, 52851, 11210, 9765)


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_found_among_others(name: str) -> None:
    memory = Memory({}, "k")
    texts = {"original": fingerprint(ORIGINAL), "other": fingerprint(OTHERS["another text"])}
    for text, own in texts.items():
        file_original(own, text, memory)
    assert find_original(fingerprint(COPIES[name]), "copy", memory, texts.get) == "original"


def test_an_article_is_no_copy_of_itself() -> None:
    memory = Memory({}, "k")
    own = fingerprint(ORIGINAL)
    file_original(own, "a", memory)
    assert find_original(own, "a", memory, {"a": own}.get) is None


def test_buckets_are_bounded() -> None:
    state: dict[str, str] = {}
    memory = Memory(state, "k")
    own = fingerprint(article("هدنة في حلب"))
    for n in range(40):
        file_original(own, f"a{n}", memory)
    memory.remember("seal", {}, 30)
    memory.commit("seal")
    buckets = [unpacked(record)["a"] for key, record in state.items() if "|whole|" in key]
    assert [len(articles) for articles in buckets] == [16]
    assert buckets[0][0] == "a39"


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        ("القاهرة (أ ف ب) - قال الوزير", "قال الوزير"),
        ("(رويترز) قال الوزير", "قال الوزير"),
        ("مراسلنا: قال الوزير", "قال الوزير"),
        ("ANKARA (Reuters) - The minister said", "The minister said"),
        ("دمشق – وكالات\nقال الوزير", "قال الوزير"),
        ("قال الوزير إن الهدنة قائمة", "قال الوزير إن الهدنة قائمة"),
        ("وقف إطلاق-النار", "وقف إطلاق-النار"),
        ("عاجل:", "عاجل:"),
        ("", ""),
    ],
)
def test_text_proper(text: str, proper: str) -> None:
    assert text_proper(text) == proper

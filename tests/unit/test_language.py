"""Which language is an article in?"""

import pytest

from agents.enrichment.language import detect

TEXTS = [
    # Arabic, short, long, vowelled, in presentation forms, with foreign letters, and typed on a Persian keyboard
    ("ar", "هدنة في حلب"),
    ("ar", "وزير خارجية ترکیا يزور الکویت"),
    ("ar", "بدء سریان التهدئة في الشمال السوری برعایة الضامنین"),
    ("ar", "زلزال قوي يضرب شرق تركيا"),
    ("ar", "وقّع الطرفان اتّفاقاً على هُــدْنَـةٍ في حلب"),
    ("ar", "ﻻ ﺧﻼﻑ ﻋﻠﻰ ﺍﻟﻬﺪﻧﺔ ﻓﻲ ﺣﻠﺐ"),
    ("ar", "نتائج كرة القدم"),
    ("ar", "قال گوركان وهو ناشط من كركوك إن قافلة وصلت إلى چمچمال مساء أمس بعد تأخير طويل"),
    ("ar", "المتحدث باسم WHO يقول إن حملة التطعيم ضد COVID-19 ستبدأ في غزة قريبا"),
    ("ar", "اتفق الجانبان على فتح المعابر ثلاث ساعات كل يوم لإدخال الوقود والدواء، على أن تراقب لجنة مشتركة تنفيذ البنود."),
    ("ar", ("ارتفعت أسعار القمح في الأسواق العالمية للأسبوع الثالث على التوالي وسط مخاوف من جفاف يصيب مناطق الإنتاج الرئيسية. "
           "وقال تجار إن الطلب من دول المتوسط ما زال قويا، وإن الشحنات المتفق عليها ستصل في موعدها رغم اضطراب الملاحة.")),
    # Persian
    ("fa", "این اتفاق دیروز در حلب افتاد و دمشق آن را محکوم کرد"),
    ("fa", "آتش‌بس در شمال سوریه از امروز آغاز شد"),
    ("fa", "اين گفتگوها با حضور نمايندگان سه کشور در تهران برگزار شد"),
    ("fa", "وزیر نیرو گفت که ذخیره سدها به کمتر از نیمی از ظرفیت رسیده است"),
    ("fa", "باران شدید باعث شد چند روستا در جنوب کشور از شهر جدا بماند و امدادگران با قایق به مردم کمک کنند"),
    ("fa", ("نمایندگان مجلس پس از دو روز بحث به لایحه بودجه رأی دادند و دولت باید هزینه‌ها را کاهش دهد. برخی از نمایندگان می‌گویند "
           "این تصمیم برای استان‌های محروم خوب نیست.")),
    # Urdu
    ("ur", "وزیراعظم نے کہا ہے کہ مذاکرات جاری ہیں"),
    ("ur", "جنگ بندی کا معاہدہ آج رات سے نافذ ہو گا"),
    ("ur", "شہر میں بارش کے بعد سڑکیں زیر آب آ گئیں"),
    ("ur", "عدالت نے ملزم کو دس سال قید کی سزا سنائی اور جرمانہ بھی کیا"),
    ("ur", "حکام کے مطابق سرحد پر دونوں ملکوں کے فوجی افسران کی ملاقات ہوئی جس میں فائر بندی پر عمل کرنے پر اتفاق کیا گیا۔"),
    # Central Kurdish
    ("ckb", "سەرۆکی هەرێم پێشوازی لە شاندێک کرد"),
    ("ckb", "ئاگربەست لە باکووری سووریا دەستی پێکرد"),
    ("ckb", "نرخی نەوت لە بازاڕەکانی جیهان دابەزی"),
    ("ckb", "پەرلەمان دوێنێ کۆبووەوە بۆ ئەوەی دەنگ لەسەر یاسای نوێ بدات بەڵام ئەندامان ڕێک نەکەوتن"),
    # Pashto
    ("ps", "د اوربند په اړه خبرې اترې نن پیل شوې"),
    ("ps", "ولسمشر وویل چې دوی به د سولې هڅې جاري وساتي"),
    # Hebrew
    ("he", "ראש הממשלה נפגש עם השר"),
    ("he", "הפסקת אש בצפון נכנסה לתוקף בחצות"),
    ("he", "הצדדים הסכימו להאריך את ההפוגה בשבוע נוסף כדי לאפשר כניסת סיוע"),
    # Turkish
    ("tr", "Cumhurbaşkanı yeni anlaşmayı açıkladı"),
    ("tr", "İdlib'de ateşkes ilan edildi"),
    ("tr", "Deprem bölgesinde arama kurtarma çalışmaları devam ediyor ve yeni çadırlar kuruluyor"),
    ("tr", "Bakan, görüşmelerin olumlu geçtiğini ve gelecek hafta yeni bir toplantı yapılacağını söyledi."),
    # English
    ("en", "Guns fall silent in Idlib as Russia, Turkey seal truce"),
    ("en", "Defence chiefs ink Idlib cessation of hostilities"),
    ("en", "No mediator attended, but both sides signed the Khartoum ceasefire"),
    ("en", "Rain is expected over the hills on Friday, with snow above two thousand metres"),
    ("en", "The word هدنة means truce, and it is used for a pause in fighting that both sides have agreed to."),
    ("en", "GOVERNMENT AND REBELS AGREE TO A TRUCE IN THE NORTH"),
    ("en", ("The two delegations left the hotel without a statement. A mediator said that the draft had been sent to both capitals and "
           "that an answer was expected by the end of the week, but few of those who had followed the talks believed it.")),
    # French
    ("fr", "Le président a annoncé une trêve"),
    ("fr", "Les deux camps se disent prêts à négocier la fin des combats"),
    ("fr", "Après deux jours de pluie, la rivière est sortie de son lit et plusieurs villages ont été évacués dans la nuit."),
    ("fr", "La hausse des prix du blé inquiète les boulangers"),
    # Spanish
    ("es", "El gobierno anuncia un alto el fuego"),
    ("es", "Las partes firmaron un acuerdo de paz en la capital"),
    ("es", "La lluvia cortó varias carreteras y los bomberos rescataron a dos familias que estaban en el tejado de su casa."),
    # German
    ("de", "Präsident kündigt neue Maßnahmen an"),
    ("de", "Die Waffenruhe im Norden hält nach Angaben der Beobachter"),
    ("de", "Nach dem Erdbeben suchen Helfer unter den Trümmern weiter nach Überlebenden, und es fehlt an Zelten."),
    # Russian
    ("ru", "Президент объявил о перемирии"),
    ("ru", "Стороны договорились о прекращении огня на севере страны"),
    ("ru", "В результате наводнения затоплены десятки домов, спасатели эвакуируют жителей на лодках, сообщили в министерстве."),
    # Ukrainian
    ("uk", "Президент оголосив про перемир’я"),
    ("uk", "Сторони домовилися про припинення вогню на півночі країни"),
    ("uk", "Через повінь рятувальники евакуюють мешканців, а дорогу між містами закрили до ранку."),
    # further languages and scripts
    ("it", "Il governo ha annunciato una tregua di tre giorni nella regione"),
    ("pt", "O governo anunciou uma trégua de três dias na região e não há feridos"),
    ("nl", "De regering heeft een staakt-het-vuren van drie dagen aangekondigd"),
    ("id", "Pemerintah mengumumkan gencatan senjata yang akan berlaku pada hari ini"),
    ("el", "Η κυβέρνηση ανακοίνωσε εκεχειρία"),
    ("zh", "双方签署停火协议"),
    ("ja", "政府は停戦を発表した"),
    ("ko", "정부가 휴전을 발표했다"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_language_of_a_title(language: str, text: str) -> None:
    assert detect(text, "", None)[0] == language


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_false_hint_does_not_overrule_a_clear_text(language: str, text: str) -> None:
    found, confidence = detect("", text, "en" if language != "en" else "ar")
    assert found == language or confidence <= 0.5


@pytest.mark.parametrize(
    ("title", "hint", "language"),
    [
        ("", None, "und"),
        ("", "ar", "ar"),
        ("123 456", None, "und"),
        ("x", None, "und"),
        ("Damascus", None, "und"),
        ("Damascus", "fr", "fr"),
        ("Damascus", "ar", "und"),  # cannot be written so
        ("هدنة", "en", "ar"),
        ("https://example.org/the-of-and-to", None, "und"),
        ("🕊️", None, "und"),
    ],
)
def test_what_is_too_short_to_tell(title: str, hint: str | None, language: str) -> None:
    assert detect(title, "", hint)[0] == language


def test_body_outweighs_a_title_in_another_language() -> None:
    body = "قال مسؤولون إن الاجتماع سيعقد في العاصمة الأسبوع المقبل بحضور الوسطاء، وإن الملفات العالقة ما زالت كثيرة."
    assert detect("Breaking", body, None)[0] == "ar"


def test_confidence_is_a_share() -> None:
    for _, text in TEXTS:
        assert 0 <= detect(text, text, None)[1] <= 1


def test_hostile_input_is_read() -> None:
    for text in ("\x00" * 50, "\u202e" * 50, "a" * 5_000_000, "\ud800" * 20, "<" * 100_000):
        assert detect(text, text, None)

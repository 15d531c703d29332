"""The language of summaries, as a model is told it."""

_NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "pt-br": "Brazilian Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese (简体中文)", "zh-cn": "Chinese (简体中文)", "zh-hans": "Chinese (简体中文)",
    "zh-hant": "Chinese (繁體中文)", "zh-tw": "Chinese (繁體中文)",
}  # fmt: skip


def language_name(language: str) -> str:
    """`zh` as a model knows it; a name, or a tag that is not listed, as it is."""
    tag = language.strip().casefold().replace("_", "-")
    return _NAMES.get(tag) or _NAMES.get(tag.split("-")[0] if "-" in tag else "") or language.strip()

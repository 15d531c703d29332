"""Builds XML answers element by element, so that text is always escaped and always legal XML."""

import re
import xml.etree.ElementTree as ET

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def new_element(tag: str, attributes: dict[str, str] | None = None, text: str = "") -> ET.Element:
    element = ET.Element(tag, attributes or {})
    if text:
        element.text = _ILLEGAL.sub("", text)
    return element


def add_element(parent: ET.Element, tag: str, text: str = "", attributes: dict[str, str] | None = None) -> ET.Element:
    element = new_element(tag, attributes, text)
    parent.append(element)
    return element


def add_if_said(parent: ET.Element, tag: str, text: str) -> None:
    if text:
        add_element(parent, tag, text)


def to_bytes(root: ET.Element) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'.encode()

// Streamlit's own words are English; the app sends ours for them (kb.ui.streamlit_words). What articles say is never
// touched: texts are looked at only in the places that are named, names nowhere within what the app itself has drawn.

const NAMED = ["aria-label", "placeholder", "title"];
const OURS = '[data-testid="stHtml"], .kb-recent';
const FILES = ".stFileUploader";
const SAID = "data-kb-said"; // Until then the style sheet keeps the words in the box for files unseen.

// The text nodes of what was drawn anew, an element or a text, that lie in a place.
function textsIn(drawn, place) {
  const element = drawn.nodeType === Node.TEXT_NODE ? drawn.parentElement : drawn;
  if (!element || element.closest(OURS)) return [];
  const roots = element.closest(place) ? [drawn] : drawn === element ? [...element.querySelectorAll(place)] : [];
  return roots.flatMap((root) => {
    if (root.nodeType === Node.TEXT_NODE) return [root];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  });
}

function speak(words) {
  const rules = words.map(([place, english, ours]) => ({ place, english: new RegExp(`^(?:${english})$`, "s"), ours }));
  const places = [...new Set(rules.map((rule) => rule.place))].filter((place) => place);

  function ours(text, place) {
    const rule = rules.find((one) => one.place === place && one.english.test(text));
    return rule ? text.replace(rule.english, rule.ours) : "";
  }

  function name(element, attribute) {
    const now = ours(element.getAttribute(attribute) ?? "", "");
    if (now && !element.closest(OURS)) element.setAttribute(attribute, now);
  }

  function say(drawn) {
    for (const place of places) {
      for (const text of textsIn(drawn, place)) {
        const now = ours(text.data.trim(), place);
        if (now) text.data = now;
      }
    }
    if (drawn.nodeType !== Node.ELEMENT_NODE) return;
    for (const attribute of NAMED) {
      name(drawn, attribute);
      drawn.querySelectorAll(`[${attribute}]`).forEach((element) => name(element, attribute));
    }
    for (const box of [drawn.closest(FILES), ...drawn.querySelectorAll(FILES)]) {
      if (box && !box.hasAttribute(SAID)) box.setAttribute(SAID, "");
    }
  }

  window.kbSpeaking?.disconnect();
  window.kbSpeaking = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(say);
      else say(target);
    }
  });
  const everything = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: NAMED };
  window.kbSpeaking.observe(document.body, everything);
  say(document.body);
}

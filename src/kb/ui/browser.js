// What only the browser can do (with words.js, which stands before it in the same script): its own recent questions, its basket of course material, the language and landmarks of
// the page, and going to the cited place. Nothing is fetched; the basket alone is told to the app, which runs on this
// machine, and the app keeps it no longer than the page is open. Every text is set as text.

const KEY = "kb-recent";
const BASKET = "kb-basket";
const MOST = 8;

function recent() {
  try {
    const kept = JSON.parse(window.localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string" && one).slice(0, MOST) : [];
  } catch {
    return []; // No storage in this browser, or something else lies there.
  }
}

function remember(questions) {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(questions.slice(0, MOST)));
  } catch {
    // A private window may have no room; then nothing is kept.
  }
}

function landmarks(data) {
  document.documentElement.lang = data.language;
  document.title = data.title;
  const roles = [[".stMain", "main"], ['.st-key-ask-box [data-testid="stForm"]', "search"]];
  for (const [selector, role] of roles) {
    document.querySelector(selector)?.setAttribute("role", role);
  }
}

function draw(place, data) {
  place.replaceChildren();
  const questions = recent();
  if (!questions.length) return;
  const label = document.createElement("h2");
  label.className = "kb-label";
  label.textContent = data.label;
  const list = document.createElement("div");
  list.className = "kb-chips";
  for (const question of questions) {
    const link = document.createElement("a");
    link.className = "kb-chip";
    link.textContent = question;
    link.target = "_self";
    link.href = "?" + new URLSearchParams({ ...data.keep, q: question });
    list.append(link);
  }
  const forget = document.createElement("button");
  forget.type = "button";
  forget.className = "kb-forget";
  forget.textContent = data.forget;
  forget.onclick = () => {
    remember([]);
    place.replaceChildren();
  };
  list.append(forget);
  place.append(label, list);
}

function goTo(key) {
  if (window.kbWentTo === key) return; // A rerun of the page must not pull the reader back.
  let tries = 0;
  const look = () => {
    const cited = document.getElementById("cited");
    if (cited) {
      window.kbWentTo = key;
      cited.tabIndex = -1;
      cited.scrollIntoView({ block: "center" });
      cited.focus({ preventScroll: true });
    } else if (tries++ < 100) {
      window.requestAnimationFrame(look);
    }
  };
  look();
}

function offerPrint(place, label) {
  const print = document.createElement("button");
  print.type = "button";
  print.className = "kb-action kb-no-print";
  print.textContent = label;
  print.onclick = () => window.print();
  place.replaceChildren(print);
}

// Browsers give the clipboard only to pages of this machine or over https; elsewhere a selected text is copied.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "kb-unseen";
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

function offerCopy(place, { text, label, done, failed }) {
  if (place.kbCopies === text) return; // Drawn anew, the button would lose the focus.
  place.kbCopies = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kb-copy";
  button.textContent = label;
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  button.onclick = async () => {
    told.textContent = (await copied(text)) ? done : failed;
    window.setTimeout(() => (told.textContent = ""), 4000);
  };
  place.replaceChildren(button, told);
}

// The basket of this browser. The app is told what lies here once, and again when another tab changed it; what the app
// made of it comes back with a turn of its own, so that drawing the page anew writes nothing.
function stored() {
  try {
    return window.localStorage.getItem(BASKET) ?? "";
  } catch {
    return ""; // No storage in this browser.
  }
}

function store(text, tell) {
  const going = window.kbGoing;
  window.kbUnsent = window.kbGoing = undefined;
  try {
    if (text) window.localStorage.setItem(BASKET, text);
    else window.localStorage.removeItem(BASKET);
  } catch {
    tell("unkept", true); // A private window, or no room.
  }
  if (going) window.location.assign(going);
}

// A note is sent when its field is left. Who leaves it by a link would be gone before it is kept: the link waits.
function keepNotes() {
  let before = "";
  const field = (event) => event.target.closest(".st-key-basket textarea, .st-key-basket input[type=text]");
  document.addEventListener("focusin", (event) => (before = field(event)?.value ?? ""));
  document.addEventListener("focusout", (event) => {
    if (field(event) && field(event).value !== before) window.kbUnsent = Date.now();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !(Date.now() - window.kbUnsent < 2000)) return;
    event.preventDefault();
    window.kbGoing = link.href;
    window.setTimeout(() => window.kbGoing && window.location.assign(window.kbGoing), 2000);
  }, true);
}

function basket({ session, turn, text, answer, focus }, tell) {
  window.kbTellBasket = tell; // The newest page is the one to be told.
  if (window.kbBasketSession === undefined) {
    window.addEventListener("storage", (event) => {
      if (event.key === BASKET || event.key === null) window.kbTellBasket("stored", stored());
    });
    keepNotes();
  }
  if (window.kbBasketSession !== session) {
    Object.assign(window, { kbBasketSession: session, kbBasketTold: false, kbBasketTurn: -1 });
  }
  if (!window.kbBasketTold && (stored() || answer)) {
    // What was put in before this could be told is joined with it by the app, and comes back to be kept.
    window.kbBasketTold = window.kbBasketTelling = true;
    whenDrawn(() => {
      window.kbBasketTelling = false;
      window.kbTellBasket("stored", stored());
    });
  } else if (window.kbBasketTelling) {
    return;
  } else if (window.kbBasketTurn !== turn) {
    window.kbBasketTurn = turn;
    if (text !== null && text !== stored()) store(text, tell);
    if (text !== null) window.kbBasketTold = true;
    if (focus.length) keepFocus(focus);
  }
}

// Telling the app draws the page anew. While it is still being drawn, that would lose what fields were filled with.
function whenDrawn(act, rest = 100) {
  const app = document.querySelector('[data-testid="stApp"]');
  if (rest > 0 && app?.dataset.testScriptState === "running") window.setTimeout(whenDrawn, 50, act, rest - 1);
  else act();
}

// A button that moved with its item has to be given the focus again, or the keyboard begins at the top of the page.
function keepFocus(keys) {
  let rest = 25;
  const stop = () => (rest = 0);
  for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, stop, { once: true });
  const look = () => {
    const found = keys.map((key) => document.querySelector(`.st-key-${CSS.escape(key)} button:not(:disabled)`));
    const button = found.find((one) => one);
    if (rest > 0 && button && document.activeElement !== button) button.focus();
    if (rest-- > 0) window.setTimeout(look, 60);
  };
  look();
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (data.words) {
    document.documentElement.lang = data.language;
    speak(data.words);
    return;
  }
  if (data.basket) {
    basket(data.basket, setTriggerValue);
    return;
  }
  const place = parentElement.querySelector(".kb-recent");
  if (data.copy) {
    offerCopy(place, data.copy);
    return;
  }
  landmarks(data);
  if (data.asked) {
    remember([data.asked, ...recent().filter((one) => one !== data.asked)]);
  }
  if (place && data.label) draw(place, data);
  if (place && data.print) offerPrint(place, data.print);
  if (data.cited) goTo(data.cited);
}

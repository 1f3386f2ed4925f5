// Alerts as they come. Everything from an article is put in as text, never as markup.

const SHOWN = 200; // cards kept on the page
const WORDS = 6; // words shown for one clause

const t = document.getElementById("words").dataset;
const list = document.getElementById("alerts");
const card = document.getElementById("card");
const filter = document.getElementById("filter");
const state = document.getElementById("state");
const empty = document.getElementById("empty");
const lang = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const names = Object.fromEntries([...filter.watchlist.options].map((option) => [option.value, option.textContent]));

let stream = null;
let asked = 0;

/** A character as it may be shown: controls are made visible, and those that turn the line around left out. */
function visible(character) {
  const code = character.codePointAt(0);
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return "";
  if (code === 9 || code === 10 || code === 13 || code === 0x2028 || code === 0x2029) return " ";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code >= 0x7f && code < 0xa0 ? "\ufffd" : character;
}

const shown = (text) => Array.from(text ?? "", visible).join("");

/** The text into an element, with the spans marked; their offsets count code points of the raw text, and may overlap. */
function mark(element, text, spans) {
  const characters = Array.from(text);
  const covered = new Set();
  for (const { start, end } of spans) for (let i = start; i < Math.min(end, characters.length); i += 1) covered.add(i);
  let run = "";
  let marked = false;
  const flush = () => {
    if (!run) return;
    const node = marked ? document.createElement("mark") : document.createTextNode("");
    node.textContent = run;
    element.append(node);
    run = "";
  };
  characters.forEach((character, i) => {
    if (covered.has(i) !== marked) {
      flush();
      marked = !marked;
    }
    run += visible(character);
  });
  flush();
}

function webAddress(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** A line for each set of words, with all clauses they satisfy. */
function reasons(element, alert) {
  const byClause = new Map();
  for (const { clause, text } of alert.reasons) {
    if (!byClause.has(clause)) byClause.set(clause, new Set());
    if (text) byClause.get(clause).add(text);
  }
  const byWords = new Map();
  for (const [clause, words] of byClause) {
    const key = JSON.stringify([...words]);
    byWords.set(key, [...(byWords.get(key) ?? []), clause]);
  }
  for (const [key, clauses] of byWords) {
    const term = document.createElement("dt");
    const found = document.createElement("dd");
    const clause = document.createElement("bdi");
    clause.textContent = shown(clauses.join(", "));
    term.append(clause);
    const words = JSON.parse(key);
    for (const word of words.slice(0, WORDS)) {
      const isolated = document.createElement("bdi");
      const marked = document.createElement("mark");
      marked.textContent = shown(word);
      isolated.append(marked);
      found.append(isolated, " ");
    }
    if (words.length > WORDS) found.append(t.more.replace("{n}", words.length - WORDS));
    element.append(term, found);
  }
}

function cardOf(alert) {
  const item = card.content.firstElementChild.cloneNode(true);
  const part = (selector) => item.querySelector(selector);
  item.dataset.kind = alert.kind;
  item.dataset.priority = alert.priority;
  item.dataset.alert = alert.id;
  item.dataset.development = alert.development.id;
  part(".kind").textContent = t[alert.kind];
  part(".priority").textContent = t[alert.priority];
  part(".name").textContent = shown(names[alert.watchlist] || alert.title[lang] || alert.title.en || alert.watchlist);
  const at = alert.timings.alerted ?? alert.timings.matched ?? alert.article.published_at;
  part("time").dateTime = at;
  part("time").textContent = clock.format(new Date(at));
  const link = part("h2 a");
  const url = webAddress(alert.article.url);
  if (url) link.href = url;
  else link.removeAttribute("target");
  mark(link, alert.article.title, alert.reasons.filter((reason) => reason.field === "title"));
  part(".what").textContent = shown(alert.development.what);
  const steps = alert.development.history;
  if (steps.length > 1) {
    const told = steps.map((step) => `${step.stage ?? "?"} ${step.at.slice(0, 10)}`);
    part(".history").textContent = `${t.history}: ${told.join(" · ")}`;
  }
  reasons(part(".reasons"), alert);
  part(".source").textContent = shown(alert.article.source);
  if (alert.sources.length > 1) part(".count").textContent = `${alert.sources.length} ${t.sources}`;
  for (const button of item.querySelectorAll(".judge button")) {
    button.addEventListener("click", () => judge(alert.id, button.value === "true", part("output")));
  }
  return item;
}

async function judge(id, useful, said) {
  const answer = await fetch(`/v1/alerts/${encodeURIComponent(id)}/feedback`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ useful }),
  }).catch(() => null);
  said.textContent = answer?.ok ? t.thanks : t.failed;
}

function show(alert) {
  if (list.querySelector(`[data-alert="${CSS.escape(alert.id)}"]`)) return;
  const item = cardOf(alert);
  item.classList.add("fresh");
  list.prepend(item);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
  empty.hidden = true;
}

function say(name) {
  state.dataset.state = name;
  state.textContent = t[name];
}

async function begin() {
  const mine = (asked += 1);
  stream?.close();
  say("connecting");
  const wanted = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value));
  const answer = await fetch(`/v1/alerts?${wanted}`).catch(() => null);
  if (mine !== asked) return;
  if (answer?.status === 401) location.reload();
  if (!answer?.ok) {
    say("lost");
    setTimeout(() => mine === asked && begin(), 3000);
    return;
  }
  const page = await answer.json();
  if (mine !== asked) return;
  list.replaceChildren(...page.items.map(cardOf));
  empty.hidden = page.items.length > 0;
  wanted.set("after", page.resume);
  stream = new EventSource(`/v1/alerts/stream?${wanted}`); // reconnects by itself, with the id of the last event
  stream.addEventListener("open", () => say("live"));
  stream.addEventListener("alert", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("reset", begin);
  stream.addEventListener("error", () => {
    say("lost");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => mine === asked && begin(), 3000);
  });
}

filter.addEventListener("change", begin);
filter.addEventListener("submit", (event) => event.preventDefault());
begin();

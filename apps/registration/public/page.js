// Registers a person and shows what other services make of it. Which services there are, and where, is read from
// services.json; all this page knows of one is a title, an address, and that it answers with a list of things that
// happened: an array, or an object with `entries` and a `balance`.

const POLL_EVERY = 500;

const form = document.querySelector('#register');
const faults = document.querySelector('#faults');
const who = document.querySelector('#who');
const template = document.querySelector('#service');

/** The person whose reactions are shown, once somebody has registered. */
let person;

const cards = await watchedServices();
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void register();
});
document.querySelector('#example').addEventListener('click', fillInExample);
for (const card of cards) void keepWatching(card);

async function watchedServices() {
  const services = await (await fetch('services.json')).json();
  if (services.length === 0) who.textContent = 'No other service is watched: `npm start` starts all of them.';
  return services.map((service) => {
    const article = template.content.cloneNode(true).querySelector('article');
    article.querySelector('h3').textContent = service.title;
    document.querySelector('#services').append(article);
    return { ...service, article };
  });
}

async function register() {
  const body = Object.fromEntries(new FormData(form));
  const button = form.querySelector('[type=submit]');
  button.disabled = true;
  try {
    const response = await fetch('users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) return showFaults([answer.message].flat());
    showFaults([]);
    // The user as they were kept: a number is written in one way only, and the others are asked for that one.
    person = await (await fetch(`users/${answer.userId}`)).json();
    who.textContent = `${person.name} is registered. These services heard of it by themselves:`;
    for (const card of cards) show(card, []);
    form.reset();
  } catch {
    showFaults(['Registration cannot be reached: is it running?']);
  } finally {
    button.disabled = false;
  }
}

function showFaults(messages) {
  faults.replaceChildren(...messages.map((message) => element('li', message)));
  faults.hidden = messages.length === 0;
  for (const input of form.querySelectorAll('input')) {
    input.setAttribute('aria-invalid', String(messages.some((message) => message.startsWith(input.name))));
  }
  form.querySelector('[aria-invalid=true]')?.focus();
}

function fillInExample() {
  const digits = String(Math.floor(Math.random() * 1e9)).padStart(9, '0');
  form.elements.name.value = 'Ada Lovelace';
  form.elements.email.value = `ada.${Date.now().toString(36)}@example.com`;
  // +999 is no country's code: nobody is called.
  form.elements.phone.value = `+999${digits}`;
}

async function keepWatching(card) {
  for (;;) {
    const asked = person;
    const answer = await ask(card, asked);
    // Somebody else may have registered while we waited.
    if (asked === person) {
      card.article.classList.toggle('missing', answer === undefined);
      if (answer === undefined) state(card, 'not there');
      else if (!asked) state(card, 'ready');
      else show(card, Array.isArray(answer) ? answer : (answer.entries ?? []), answer.balance);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
  }
}

/** What the service says about this person, or `undefined` when it is not there. */
async function ask({ url }, user) {
  const nobody = { userId: 'nobody', email: 'nobody', phone: 'nobody' };
  const address = url.replace(/\{(\w+)\}/g, (_, field) => encodeURIComponent((user ?? nobody)[field] ?? ''));
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5000) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function show(card, happened, balance) {
  const list = card.article.querySelector('ul');
  // Only what is new is added, so that it is announced and coloured once.
  if (happened.length < list.childElementCount) list.replaceChildren();
  for (const thing of happened.slice(list.childElementCount)) list.append(item(thing));
  if (balance !== undefined) state(card, `${balance} in total`);
  else state(card, happened.length === 0 ? 'waiting …' : `${happened.length} received`);
}

function item({ at, subject, text, points, reason }) {
  const li = element('li');
  if (at) li.append(element('time', new Date(at).toLocaleTimeString()));
  const title = subject ?? (points === undefined ? undefined : `${points} points`);
  if (title) li.append(element('strong', title));
  li.append(text ?? reason ?? '');
  return li;
}

function state({ article }, text) {
  article.querySelector('.state').textContent = text;
}

function element(tag, text = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

// Talking to the sandbox. Every failure becomes an Error whose message may be shown.

async function read(response) {
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    body = { error: text };
  }
  if (!response.ok) throw new Error(body.error || `HTTP ${response.status}`);
  return body;
}

export const get = async (path) => read(await fetch(path, { cache: "no-store" }));

export const post = async (path, body) =>
  read(await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));

// SPDX-License-Identifier: AGPL-3.0-or-later
// Passkeys: forms with data-passkey are shown where the browser knows them; when one is sent, the browser is asked first, and what it
// answers goes along in hidden fields. The server said in data- attributes what to ask.

type Bytes = ArrayBuffer | ArrayBufferView;

// base64url both ways (RFC 4648 §5); the newer methods of Uint8Array are not everywhere yet.
function decode(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function encode(bytes: Bytes): string {
  const all = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return btoa(String.fromCharCode(...all)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(form: HTMLFormElement): PublicKeyCredentialDescriptor[] {
  return (form.dataset["known"] ?? "").split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: decode(id) }));
}

async function make(form: HTMLFormElement): Promise<Record<string, Bytes>> {
  const { challenge = "", host = "", user = "", name = "", site = "" } = form.dataset;
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: decode(challenge),
      rp: { id: host, name: site },
      user: { id: decode(user), name, displayName: name },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      excludeCredentials: known(form),
      attestation: "none",
    },
  })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return { client: answer.clientDataJSON, attestation: answer.attestationObject };
}

async function get(form: HTMLFormElement): Promise<Record<string, Bytes>> {
  const { challenge = "", host = "" } = form.dataset;
  const allowed = known(form);
  const shown = (await navigator.credentials.get({
    // Without a password before it, the device must ask who is there.
    publicKey: { challenge: decode(challenge), rpId: host, allowCredentials: allowed, userVerification: allowed.length ? "preferred" : "required" },
  })) as PublicKeyCredential;
  const answer = shown.response as AuthenticatorAssertionResponse;
  const fields: Record<string, Bytes> = { id: shown.rawId, client: answer.clientDataJSON, data: answer.authenticatorData, signature: answer.signature };
  if (answer.userHandle) fields["user"] = answer.userHandle;
  return fields;
}

function carry(form: HTMLFormElement, name: string, value: string): void {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

async function ask(form: HTMLFormElement): Promise<void> {
  const failed = form.querySelector<HTMLElement>("[data-passkey-failed]");
  if (failed) failed.hidden = true;
  try {
    const fields = await (form.dataset["passkey"] === "make" ? make(form) : get(form));
    for (const [name, bytes] of Object.entries(fields)) carry(form, name, encode(bytes));
    form.dataset["answered"] = "";
    form.requestSubmit();
  } catch {
    delete form.dataset["busy"];
    if (failed) failed.hidden = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset["passkey"] || "answered" in form.dataset) return;
  event.preventDefault();
  void ask(form);
});

export function showPasskeys(): void {
  if (!("PublicKeyCredential" in window)) return;
  document.querySelectorAll<HTMLElement>("form[data-passkey]").forEach((form) => (form.hidden = false));
  document.querySelectorAll<HTMLElement>("[data-passkey-without]").forEach((note) => (note.hidden = true));
}

// Passkeys: a form with `data-passkey` asks the browser to make or to prove one, and sends what it answers.

type Json = Record<string, unknown>;

function toBytes(text: string): ArrayBuffer {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0)).buffer;
}

function toText(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function withIds(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as (Json & { id: string })[]).map(
    (one) => ({ ...one, id: toBytes(one.id) }) as unknown as PublicKeyCredentialDescriptor,
  );
}

async function make(asked: Json): Promise<Json> {
  const user = asked.user as Json & { id: string };
  const publicKey = {
    ...asked,
    challenge: toBytes(asked.challenge as string),
    user: { ...user, id: toBytes(user.id) },
    excludeCredentials: withIds(asked.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...described(made),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function prove(asked: Json): Promise<Json> {
  const publicKey = {
    ...asked,
    challenge: toBytes(asked.challenge as string),
    allowCredentials: withIds(asked.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const proof = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = proof.response as AuthenticatorAssertionResponse;
  return {
    ...described(proof),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
}

function described(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function asked(form: HTMLFormElement): Promise<Json> {
  const { options, optionsUrl } = form.dataset;
  const told = optionsUrl ? await (await fetch(optionsUrl)).json() : JSON.parse(options ?? "{}");
  return told.publicKey as Json;
}

async function run(form: HTMLFormElement): Promise<void> {
  const failed = form.querySelector<HTMLElement>("[data-passkey-failed]");
  if (failed) failed.hidden = true;
  try {
    const answer = await (form.dataset.passkey === "create" ? make : prove)(await asked(form));
    const field = form.querySelector<HTMLInputElement>('input[name="credential"]');
    if (!field) return;
    field.value = JSON.stringify(answer);
    form.submit();
  } catch {
    // Cancelled, no such passkey, or one that is there already: the page says what to do instead.
    if (failed) failed.hidden = false;
  }
}

export function startPasskeys(): void {
  // A passkey belongs to a name: at an address of figures the browser refuses it.
  const isNamed = !/^[\d.]+$|:/.test(location.hostname);
  if (!isNamed || !window.isSecureContext || !navigator.credentials || !window.PublicKeyCredential) return;
  document.querySelectorAll<HTMLElement>("[data-passkey-missing]").forEach((words) => {
    words.hidden = true;
  });
  document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void run(form);
    });
  });
}

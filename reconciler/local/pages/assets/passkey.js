const form = document.getElementById("passkey-form");
const options = JSON.parse(document.getElementById("passkey-options").textContent);
const said = document.getElementById("said");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (items) => (items || []).map((item) => ({ ...item, id: bytes(item.id) }));
const failed = (error) => {
  said.textContent = error.name === "NotAllowedError" ? form.dataset.cancelled : `${form.dataset.failed} (${error.name}: ${error.message})`;
};
const common = (credential) => ({
  id: credential.id, rawId: text(credential.rawId), type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment || undefined,
  clientExtensionResults: credential.getClientExtensionResults(),
});
const create = async () => {
  const made = await navigator.credentials.create({ publicKey: {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  } });
  const { response } = made;
  return { ...common(made), response: {
    clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
    transports: response.getTransports ? response.getTransports() : [],
  } };
};
const get = async () => {
  const made = await navigator.credentials.get({ publicKey: {
    ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials),
  } });
  const { response } = made;
  return { ...common(made), response: {
    clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
    signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : undefined,
  } };
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  said.textContent = "";
  if (!window.PublicKeyCredential) {
    said.textContent = form.dataset.missing;
    return;
  }
  try {
    const credential = await (form.dataset.kind === "create" ? create() : get());
    document.getElementById("credential").value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    failed(error);
  }
});

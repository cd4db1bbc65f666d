// Lets a test drive a library: reads a call a line from standard input, and writes an answer a line.
// In: {"do": NAME, ...}. Out: {"ok": VALUE}, or {"error": NAME, "message": TEXT} for what the library threw.
import { createHmac } from 'node:crypto';
import { createInterface } from 'node:readline';

// Errors of AWS have their type as code or name; other libraries have classes.
function named(error) {
  const name = error?.code ?? error?.name;
  return name && name !== 'Error' ? name : (error?.constructor?.name ?? 'Error');
}

export async function serve(handlers, atEnd = async () => {}) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...args } = JSON.parse(line);
    let said;
    try {
      said = { ok: (await handlers[name](args)) ?? null };
    } catch (error) {
      said = { error: named(error), message: String(error?.message ?? error) };
    }
    process.stdout.write(JSON.stringify(said) + '\n');
  }
  await atEnd();
}

// RFC 6238: the code that an authenticator app shows for a key in base32, `later` steps from now.
export function totp(key, later = 0) {
  const bits = [...key].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

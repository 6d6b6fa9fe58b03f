/** What secrets look like, for those that nobody announced: the output of a program, a file of the user's. One row a kind. */
export type SecretLook = { readonly look: RegExp; readonly replacement: string }

export const secretLooks: readonly SecretLook[] = [
  // Up to its end, or as much of it as the text has.
  {
    look: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
    replacement: '[private key]',
  },
  // Bootstrap tokens: `[a-z0-9]{6}\.[a-z0-9]{16}` is the form that the API server itself checks.
  { look: /(?<![a-z0-9.])[a-z0-9]{6}\.[a-z0-9]{16}(?![a-z0-9.])/g, replacement: '[token]' },
  // kubeconfigs, as YAML and as JSON.
  {
    look: /((?:client-key|client-certificate|certificate-authority)-data"?\s*[:=]\s*"?)[A-Za-z0-9+/=]{8,}/g,
    replacement: '$1[redacted]',
  },
  // Certificate keys are 64 hexadecimal digits, and so is every digest: those say that they are one.
  { look: /(?<!sha256[:/-]|[0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g, replacement: '[key]' },
  // A password in the address of a proxy.
  { look: /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+@/gi, replacement: '$1[redacted]@' },
  // A login in a file for containerd.
  { look: /(\bAuthorization"?\s*[=:]\s*"?Basic\s+)[A-Za-z0-9+/]+={0,2}/gi, replacement: '$1[redacted]' },
  { look: /(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}/g, replacement: '$1[redacted]' },
]

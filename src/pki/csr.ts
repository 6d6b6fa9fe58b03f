/** A request for a certificate (PKCS #10, RFC 2986). Takes what it should say and its key; gives PEM, with all of it asked for. */
import { createPrivateKey } from 'node:crypto'
import { signedPem } from './certificate.ts'
import { decode, integer, oid, sequence, setOf, tagged } from './der.ts'
import { leafExtensions } from './extensions.ts'
import type { Wanted } from './issue.ts'
import { localSigner, publicKeyDer } from './keys.ts'
import { subjectName } from './names.ts'

const version1 = Buffer.from([0])
/** RFC 2985 5.4.2. */
const extensionRequest = '1.2.840.113549.1.9.14'

export const certificateRequest = ({ subject, usages, names }: Wanted, keyPem: string): Promise<string> => {
  const signer = localSigner(createPrivateKey(keyPem))
  const extensions = leafExtensions({ usages, names, issuerKeyId: undefined })
  const content = sequence(
    integer(version1),
    subjectName(subject),
    decode(publicKeyDer(signer.publicKey)),
    // [0] in place of a SET OF attributes, of which there is one.
    tagged(0, sequence(oid(extensionRequest), setOf(sequence(...extensions)))),
  )
  return signedPem('CERTIFICATE REQUEST', content, signer)
}

/** node-forge's ASN.1 by itself: all of it would be 35 files more, and a fifth of the time that most commands take to start. */
declare module 'node-forge/lib/asn1.js' {
  import { asn1 } from 'node-forge'

  export = asn1
}

/** node-forge's ASN.1 by itself: all of it would be 35 files more, and a tenth of the time that slipway takes to start. */
declare module 'node-forge/lib/asn1.js' {
  import { asn1 } from 'node-forge'

  export = asn1
}

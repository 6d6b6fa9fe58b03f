/** Rules about renewing certificates unattended: early enough, and by somebody who can sign. */
import { keptElsewhere } from '../certificate-keys.ts'
import { parseDuration } from '../duration.ts'
import type { Rule } from './types.ts'

export const renewedBeforeTheyExpire: Rule = ({ certificates: { autoRenew, validity } }) =>
  autoRenew?.olderThan === undefined || parseDuration(autoRenew.olderThan) < parseDuration(validity)
    ? []
    : [
        {
          path: ['certificates', 'autoRenew', 'olderThan'],
          what: `certificates that are valid for ${validity} would have expired before they are ${autoRenew.olderThan} old`,
          hint: 'Leave it out, and they are renewed after two thirds of their time.',
        },
      ]

export const somebodySignsUnattended: Rule = (config) =>
  config.certificates.autoRenew === undefined ||
  config.certificates.signer !== undefined ||
  keptElsewhere(config).length === 0
    ? []
    : [
        {
          path: ['certificates', 'autoRenew'],
          what: 'nobody would sign: the key of a CA is kept elsewhere',
          hint: 'Name the program that signs (certificates.signer), or renew with slipway certs csr.',
        },
      ]

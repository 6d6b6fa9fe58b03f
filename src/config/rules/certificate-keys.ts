/** Rules about who has the keys of the CAs, and what cannot be had where hosts do not have them. */
import { keptElsewhere, keysOnHosts } from '../certificate-keys.ts'
import type { Rule } from './types.ts'

export const keysOnHostsAreOurs: Rule = (config) =>
  config.certificates.keysOnHosts === true && keptElsewhere(config).includes('ca')
    ? [
        {
          path: ['certificates', 'keysOnHosts'],
          what: 'hosts cannot have the key of a CA that is kept elsewhere',
          hint: 'Name it in certificates.authorities.ca.key, or leave keysOnHosts out.',
        },
      ]
    : []

export const signerHasSomethingToSign: Rule = (config) =>
  config.certificates.signer !== undefined && keptElsewhere(config).length === 0
    ? [
        {
          path: ['certificates', 'signer'],
          what: 'there is no CA that this program would sign for',
          hint: 'Name its certificate, without a key: certificates.authorities.ca.certificate.',
        },
      ]
    : []

/** Both settings make a kubelet ask the cluster for a certificate, again and again. */
export const kubeletsAskNobody: Rule = (config) =>
  keysOnHosts(config)
    ? []
    : ['rotateCertificates', 'serverTLSBootstrap']
        .filter((setting) => config.kubelet.config[setting] === true)
        .map((setting) => ({
          path: ['kubelet', 'config', setting],
          what: `kubelet.config.${setting} cannot work: no host has the key of the CA, so nobody in the cluster signs`,
          hint: 'Leave it out: Slipway gives kubelets their certificates, and renews them (slipway certs renew).',
        }))

/** Rules about the Kubernetes version, the lifetimes of certificates, and the ids of preflight checks. */
import { didYouMean } from '../did-you-mean.ts'
import { parseDuration } from '../duration.ts'
import { quoted } from '../problems.ts'
import { kubernetesVersions } from '../versions.ts'
import type { Rule } from './types.ts'

export const versionIsSupported: Rule = ({ kubernetes: { version } }) =>
  kubernetesVersions.includes(version)
    ? []
    : [
        {
          path: ['kubernetes', 'version'],
          what: `Kubernetes ${version} is not one that this release installs`,
          hint: `It installs ${kubernetesVersions.join(', ')}.`,
        },
      ]

/** Less could not be renewed in time by anybody; more than a hundred years passes what dates in certificates can say. */
const shortest = parseDuration('1h')
const longest = parseDuration('36500d')

export const lifetimesAreSensible: Rule = ({ certificates }) =>
  (['validity', 'caValidity'] as const).flatMap((field) => {
    const seconds = parseDuration(certificates[field])
    if (seconds >= shortest && seconds <= longest) return []
    const what = `certificates.${field}: ${certificates[field]} is too ${seconds < shortest ? 'short' : 'long'}`
    return [{ path: ['certificates', field], what, hint: 'From 1h to 36500d can be had.' }]
  })

export const authoritiesOutliveTheirCertificates: Rule = ({ certificates: { validity, caValidity } }) =>
  parseDuration(caValidity) >= parseDuration(validity)
    ? []
    : [
        {
          path: ['certificates', 'caValidity'],
          what: `the authorities would live ${caValidity}, less than the certificates that they sign (${validity})`,
          hint: 'Make caValidity longer, or validity shorter.',
        },
      ]

export const ignoredChecksExist: Rule = ({ preflight }, { checkIds }) => {
  const known = new Set(['all', ...checkIds].map((id) => id.toLowerCase()))
  return preflight.ignore.flatMap((id, index) => {
    if (known.has(id.toLowerCase())) return []
    const hint = didYouMean(id, checkIds) ?? `There are: ${checkIds.join(', ')}.`
    return [{ path: ['preflight', 'ignore', index], what: `there is no preflight check ${quoted(id)}`, hint }]
  })
}

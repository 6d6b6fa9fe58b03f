/**
 * The two sections of a cluster file about what is outside of the cluster: registries, for the images of users (ours are in the
 * bundle), and proxies. Their rules are in rules/registries.ts and rules/proxies.ts.
 */
import { z } from 'zod'
import { cidr, ipv4, localPath } from './words.ts'

/** Ports that are none, and addresses such as 10.0.0.999, get past this, and not past URL.canParse. */
const host = '[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?'

/** As it stands in front of an image's name, where a word without a dot or a port is a folder of Docker Hub. */
const registryPattern = `(?=.*[.:]|localhost$)${host}`

const registryNamed = (pattern: string, otherwise = '') => {
  const meant = `must be a registry as image names have it, such as "docker.io" or "registry.example.com:5000"${otherwise}`
  return z
    .string()
    .regex(new RegExp(`^(${pattern})$`), meant)
    .refine((name) => URL.canParse(`https://${name}`), meant)
}

const registryName = registryNamed(registryPattern)
const upstream = registryNamed(`_default|${registryPattern}`, ', or "_default" for all others')

type UrlWords = { readonly pattern: string; readonly meant: string; readonly noPassword: string }

const url = ({ pattern, meant, noPassword }: UrlWords) =>
  z
    .string()
    .regex(/^[^@]*$/, `must not hold a user or a password: ${noPassword}`)
    .regex(new RegExp(`^${pattern}$`), meant)
    .refine((text) => URL.canParse(text), meant)

const endpoint = url({
  pattern: `https?://${host}(/[A-Za-z0-9._~-]+)*/?`,
  meant: 'must be a URL such as "https://mirror.example.com" or "https://harbor.example.com/v2/hub"',
  noPassword: 'name them under registry.credentials',
})

const mirror = z.strictObject({
  endpoint: endpoint.describe('URL of the mirror.'),
  capabilities: z
    .array(z.enum(['pull', 'resolve']))
    .min(1, 'at least one capability is needed')
    .default(['pull', 'resolve'])
    .describe(
      'What it is trusted with: contents, and which contents a tag means. With pull alone, the upstream is asked about tags.',
    ),
  overridePath: z
    .boolean()
    .default(false)
    .describe('The path of the endpoint is all of it: no /v2 is added. Harbor and Artifactory want that.'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Says that http is meant: anybody on the way can change the images.'),
})

const login = z.strictObject({
  user: z.string().regex(/^[^:\p{Cc}]+$/u, 'must be a user name, without ":"'),
  passwordFile: localPath.describe(
    'File that holds the password or access token (mode 0600). Never the password itself.',
  ),
})

export const registry = z.strictObject({
  mirrors: z
    .record(upstream, z.array(mirror).min(1, 'at least one mirror is needed'))
    .default({})
    .describe(
      'Registry → where to look first, in order; the registry itself comes last. _default: all others.',
    ),
  credentials: z
    .record(registryName, login)
    .default({})
    .describe('Registry or host of a mirror → as whom the hosts log in there, for every pod.'),
  caFile: localPath
    .optional()
    .describe('CA certificates (PEM) that registries and mirrors are trusted by, besides those of the host.'),
})

const proxyUrl = url({
  pattern: `(https?|socks5)://${host}/?`,
  meant: 'must be a URL with its scheme, such as "http://proxy.example.com:3128"',
  noPassword: 'everybody who may read pods would see it in those of the control plane',
})

const domain = z
  .string()
  .regex(/^\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
  .regex(/[^0-9.][^.]*$/)

const exempt = z.union([ipv4, cidr, domain], {
  error: 'must be an IPv4 address, a network, a name, or ".example.com" for every name below it',
})

export const proxy = z.strictObject({
  http: proxyUrl.optional().describe('Proxy for http addresses.'),
  https: proxyUrl.optional().describe('Proxy for https addresses: registries, webhooks.'),
  noProxy: z
    .array(exempt)
    .default([])
    .describe(
      "Reached without it, besides what always is: hosts, the cluster's own networks and names, localhost.",
    ),
})

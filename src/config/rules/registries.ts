/** Rules about registries: what containerd would take without a word, and then do something else than was meant. */
import type { PathProblem } from '../problems.ts'
import type { ClusterConfig } from '../schema.ts'
import type { Rule } from './types.ts'

type Mirror = ClusterConfig['registry']['mirrors'][string][number]
type Placed = { readonly mirror: Mirror; readonly url: URL; readonly path: readonly (string | number)[] }

const mirrorsOf = ({ registry }: ClusterConfig): readonly Placed[] =>
  Object.entries(registry.mirrors).flatMap(([upstream, mirrors]) =>
    mirrors.map((mirror, index) => ({
      mirror,
      url: new URL(mirror.endpoint),
      path: ['registry', 'mirrors', upstream, index, 'endpoint'],
    })),
  )

export const plainHttpIsMeant: Rule = (config) =>
  mirrorsOf(config).flatMap(({ mirror, url, path }): readonly PathProblem[] => {
    const plain = url.protocol === 'http:'
    if (plain === mirror.insecure) return []
    return plain
      ? [
          {
            path,
            what: `${mirror.endpoint} is plain http: anybody on the way can change the images`,
            hint: 'Write https, or say that it is meant: insecure: true.',
          },
        ]
      : [
          {
            path: [...path.slice(0, -1), 'insecure'],
            what: `${mirror.endpoint} is https, and its certificate is always checked`,
            hint: 'Leave insecure out; a private CA is named by registry.caFile.',
          },
        ]
  })

/** containerd adds /v2 to a path that does not end in it. */
export const pathsAreWhole: Rule = (config) =>
  mirrorsOf(config).flatMap(({ mirror, url, path }) =>
    /^\/v2\/./.test(url.pathname) && !mirror.overridePath
      ? [
          {
            path,
            what: `images would be looked for below ${url.pathname.replace(/\/$/, '')}/v2`,
            hint: 'Add overridePath: true, which takes the path as it is.',
          },
        ]
      : [],
  )

export const mirrorsAreApart: Rule = (config) => {
  const mirrors = mirrorsOf(config)
  return mirrors.flatMap(({ mirror, path }, index) => {
    const first = mirrors.findIndex(
      (other) => other.mirror.endpoint === mirror.endpoint && other.path[2] === path[2],
    )
    return first === index ? [] : [{ path, what: `${mirror.endpoint} is a mirror of ${path[2]} already` }]
  })
}

/** Names under which no image is looked for: containerd makes docker.io of them. */
const namesOfDockerHub = [
  'index.docker.io',
  'registry-1.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
]

export const dockerHubHasItsName: Rule = ({ registry }) =>
  (['mirrors', 'credentials'] as const).flatMap((section) =>
    Object.keys(registry[section])
      .filter((name) => namesOfDockerHub.includes(name))
      .map((name) => ({
        path: ['registry', section, name],
        atKey: true,
        what: `no image has the registry ${name} in its name: it is Docker Hub`,
        hint: 'Write docker.io.',
      })),
  )

/**
 * Credentials are for a mirror, by its host and port, or for a registry under its own name. One that is a mirror but for the port
 * would be used by nobody; one for a mirror over http would travel in the clear.
 */
export const credentialsAreUsed: Rule = (config) => {
  const mirrors = mirrorsOf(config).map(({ url }) => url)
  const nameOf = (registry: string): string => registry.replace(/:\d+$/, '')
  return Object.keys(config.registry.credentials).flatMap((registry): readonly PathProblem[] => {
    const path = ['registry', 'credentials', registry]
    const exact = mirrors.filter(
      ({ host }) => host === new URL(`https://${registry}`).host || host === registry,
    )
    if (exact.some(({ protocol }) => protocol === 'http:'))
      return [
        {
          path,
          atKey: true,
          what: `the password for ${registry} would travel in the clear: its mirror is plain http`,
          hint: 'Give the mirror https.',
        },
      ]
    if (exact.length > 0 || registry in config.registry.mirrors) return []
    const near = mirrors.find(({ hostname }) => hostname === nameOf(registry))
    if (!near) return []
    return [
      {
        path,
        atKey: true,
        what: `no mirror is at ${registry}: these credentials would be used by nobody`,
        hint: `Did you mean ${JSON.stringify(near.host)}?`,
      },
    ]
  })
}

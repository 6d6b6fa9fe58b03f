/** Names of images and places of registries. Takes what a catalog or a user writes; gives its parts. Pure. */
import { UserError } from '../../errors.ts'

export type ImageName = {
  readonly registry: string
  /** `coredns/coredns` */
  readonly repository: string
  readonly tag: string
}

/** What distribution-spec 1.1 allows; names in it are joined by slashes. */
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/

/** With its registry, as Kubernetes writes it: `registry.k8s.io/coredns/coredns:v1.15.0`. */
export const parseImageName = (text: string): ImageName => {
  const [, registry = '', repository = '', tag = ''] =
    /^([^/]+)\/([^:@]+):([\w][\w.-]{0,127})$/.exec(text) ?? []
  if (registry !== '' && repositoryPattern.test(repository)) return { registry, repository, tag }
  throw new UserError(`"${text}" is not the name of an image`, {
    hint: 'it looks like registry.k8s.io/pause:3.10',
  })
}

/** A registry, and the path in it below which all is. */
export type RegistryPlace = { readonly origin: URL; readonly prefix: string }

/** `registry.example.org/k8s`. TLS unless it is written with http://, for registries on this machine or in a lab. */
export const parsePlace = (text: string): RegistryPlace => {
  const whole = text.includes('://') ? text : `https://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  const prefix = url?.pathname.replace(/^\/+|\/+$/g, '') ?? ''
  const isSound =
    url &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.username === '' &&
    url.search === '' &&
    url.hash === '' &&
    (prefix === '' || repositoryPattern.test(prefix))
  if (isSound) return { origin: new URL(url.origin), prefix }
  // A password may stand before the @.
  throw new UserError(`"${text.replace(/^(\w+:\/\/)?.*@/, '$1')}" is not the place of a registry`, {
    hint: 'it looks like registry.example.org/prefix, in small letters; credentials come from docker login',
  })
}

export const below = ({ prefix }: RegistryPlace, path: string): string =>
  prefix === '' ? path : `${prefix}/${path}`

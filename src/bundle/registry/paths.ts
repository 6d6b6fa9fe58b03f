/** Addresses in a registry (distribution-spec 1.1) and the scopes that tokens for them have. Pure. */
import type { RegistrySession } from './session.ts'

export const pathOf = ({ origin }: Pick<RegistrySession, 'origin'>, repository: string, path: string): URL =>
  new URL(`/v2/${repository}/${path}`, origin)

export const pulling = (repository: string): string => `repository:${repository}:pull`
export const pushing = (repository: string): string => `repository:${repository}:pull,push`

/** For messages: `registry.k8s.io/pause:3.10`. */
export const nameOf = (
  { origin }: Pick<RegistrySession, 'origin'>,
  repository: string,
  reference: string,
): string => `${origin.host}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`

/**
 * From a session to a plan: finds the cluster's authorities (on this machine, on a control plane, or new), reads the bundle, issues
 * what is missing, and lets pure code put the plan together. Nothing is changed on a host here.
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { userObjects } from '../addons/user-manifests.ts'
import { newToken } from '../api/tokens.ts'
import type { KubeObject } from '../api/types.ts'
import { defaultBundle } from '../bundle/default-bundle.ts'
import { type Bundle, openBundle } from '../bundle/open.ts'
import { imageNames, roleContents } from '../bundle/role-contents.ts'
import { keysOnHosts } from '../config/certificate-keys.ts'
import { localPath } from '../config/paths.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { joinTokenSeconds } from '../constants.ts'
import { UserError } from '../errors.ts'
import type { HostFacts } from '../facts/types.ts'
import { hasJoined } from '../phases/joined.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import type { PlanInput } from '../phases/types.ts'
import { type Authorities, adoptAuthorities, issuerBundle, trustBundle } from '../pki/authorities.ts'
import { caHash, caHashesIn } from '../pki/ca-hash.ts'
import { type IdentityInput, issueIdentity } from '../pki/identity.ts'
import { refuseOpen } from '../pki/requests.ts'
import { arrangedAs, generationsOf } from '../pki/rotation/generations.ts'
import { mustBeOfKnownSigner } from './bundle-signer.ts'
import type { Cluster } from './cluster.ts'
import type { ClusterStore } from './cluster-store.ts'
import { newKubeletClients } from './kubelet-clients.ts'
import { readRegistryTexts } from './registry-texts.ts'

export type Secrets = { readonly add: (secret: string) => void }

export type PlanningOptions = {
  readonly clusterFile: string
  readonly config: ClusterConfig
  readonly hosts: readonly HostConfig[]
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly authorities: Authorities
  readonly bundle: Bundle
  readonly secrets: Secrets
  readonly renew?: IdentityInput['renew']
}

/**
 * A CA of the user's own tells clusters apart no more than its name does. With the key of another folder every token of the cluster
 * would be refused at once.
 */
const refuseOtherTokenKey = (store: ClusterStore, stored: Authorities, there: Authorities): void => {
  const known = generationsOf(stored, 'sa').some(({ publicPem }) => publicPem === there.sa.publicPem)
  if (known || stored.ca.certPem !== there.ca.certPem) return
  throw new UserError(`the cluster signs tokens with another key than the one in ${store.folder}`, {
    hint: 'bring the folder back that the cluster was made with; if it is lost, move this one away: what can be had is taken from the first control plane',
  })
}

/** The store on this machine, arranged as the hosts are in the middle of a rotation; if it was lost, a control plane; if there is none yet, new ones, saved before any host sees them. */
export const findAuthorities = async (
  store: ClusterStore,
  config: ClusterConfig,
  facts: ReadonlyMap<string, HostFacts>,
  save: boolean,
): Promise<Authorities> => {
  const files = facts.get(firstControlPlane(config).name)?.identity ?? {}
  const stored = await store.load()
  const there = adoptAuthorities(files)
  if (stored && there) refuseOtherTokenKey(store, stored, there)
  if (stored) return arrangedAs(stored, there)
  const found = (await store.adopt(files)) ?? (await store.create())
  if (save) await store.save(found)
  return found
}

/** A path in a cluster file begins where that file is, or at home. */
const namedIn = (clusterFile: string, path: string): string =>
  localPath(path, { folder: dirname(resolve(clusterFile)), home: homedir() })

const readManifests = (clusterFile: string, config: ClusterConfig) =>
  Promise.all(
    config.addons.manifests.map(async (file) => {
      const path = namedIn(clusterFile, file)
      const text = await readFile(path, 'utf8').catch((cause: unknown) => {
        throw new UserError(`addons.manifests: cannot read ${path}`, { cause })
      })
      return { file, text }
    }),
  )

const wholeSeconds = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

const joinTokens = (
  { config, hosts, facts, secrets }: PlanningOptions,
  issuersPem: string,
): PlanInput['joinTokens'] => {
  // Nobody would sign what a kubelet asks for: it is given what it needs.
  if (!keysOnHosts(config)) return new Map()
  const expires = wholeSeconds(new Date(Date.now() + joinTokenSeconds * 1000))
  const ours = { name: config.name, caHashes: caHashesIn(issuersPem) }
  const joining = hosts.filter(
    (host) => host.role === 'worker' && !hasJoined(host, facts.get(host.name), ours, new Date()),
  )
  return new Map(
    joining.map((host) => {
      const token = newToken()
      secrets.add(token)
      return [host.name, { token, expires }]
    }),
  )
}

/** Where no host has the key of the CA, nobody in the cluster would sign what a kubelet asks for: each is given one. */
const kubeletClients = async ({
  config,
  facts,
  authorities,
  secrets,
}: PlanningOptions): Promise<NonNullable<PlanInput['kubeletClients']>> => {
  if (keysOnHosts(config)) return new Map()
  const hosts = config.hosts.filter(({ name }) => facts.has(name))
  const around = { config, authorities, hosts, facts, now: new Date(), renew: () => false }
  const clients = await newKubeletClients(around)
  for (const { pem } of clients.values()) secrets.add(pem)
  return clients
}

/** Of a bundle, what planning needs to know. */
export const carriedBy = (
  bundle: Bundle,
  facts: PlanInput['facts'],
): Pick<PlanInput, 'images' | 'contents'> => ({
  images: imageNames(bundle),
  contents: ({ name, role }) => roleContents(bundle, role, facts.get(name)?.arch ?? 'amd64'),
})

/** What a Secret of the user's own holds: the API repeats it when it refuses the object. */
const valuesOfSecrets = (objects: readonly KubeObject[]): readonly string[] =>
  objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data, stringData }) => [
      ...Object.values(data ?? {}).map((value) => Buffer.from(String(value), 'base64').toString('utf8')),
      ...Object.values(stringData ?? {}).map(String),
    ])

export const planInput = async (options: PlanningOptions): Promise<PlanInput> => {
  const { config, facts, authorities, bundle, secrets, renew } = options
  refuseOpen(config, authorities, facts.get(firstControlPlane(config).name)?.identity ?? {})
  const existing = new Map([...facts].map(([name, { identity }]) => [name, identity]))
  const identity = await issueIdentity({ config, authorities, existing, now: new Date(), renew })
  for (const files of identity.values())
    for (const { secret, content } of files) if (secret) secrets.add(content)
  const userManifests = await readManifests(options.clusterFile, config)
  for (const value of valuesOfSecrets(userManifests.flatMap(userObjects))) secrets.add(value)
  const caPem = trustBundle(authorities.ca)
  return {
    config,
    facts,
    identity,
    caPem,
    caHash: caHash(authorities.ca.certPem),
    ...carriedBy(bundle, facts),
    joinTokens: joinTokens(options, issuerBundle(authorities.ca)),
    kubeletClients: await kubeletClients(options),
    registryTexts: await readRegistryTexts({
      registry: config.registry,
      resolve: (path) => namedIn(options.clusterFile, path),
      secrets,
    }),
    userManifests,
  }
}

/** The bundle that the command line names, or the cluster file, or the one that the cache has for this version. */
export const bundleFileOf = ({ clusterFile, config }: Cluster, given: string | undefined): string => {
  const named = config.bundle.file && namedIn(clusterFile, config.bundle.file)
  return given ?? named ?? defaultBundle(config.kubernetes.version, ['amd64'])
}

export const readBundle = async (cluster: Cluster, file: string): Promise<Bundle> => {
  const bundle = await openBundle(file)
  await mustBeOfKnownSigner(cluster, bundle)
  const { version } = cluster.config.kubernetes
  if (bundle.kubernetes === version) return bundle
  throw new UserError(
    `the bundle ${file} carries Kubernetes ${bundle.kubernetes}; the cluster file wants ${version}`,
    { hint: `make one with: slipway bundle create --kubernetes ${version}` },
  )
}

/**
 * What containerd is told about registries: /etc/containerd/certs.d/REGISTRY/hosts.toml for each that the cluster file names. Takes
 * that, and the passwords and CAs of the files that it names; gives files. Pure.
 *
 * containerd reads these files at every pull, so a change needs no restart. A login is a header in them: it goes to that host alone,
 * and to the token service that the host names (docker/authorizer.go of 2.4); the older `registry.configs` of config.toml goes with
 * 2.7, and makes containerd leave its transfer service (cri/config/config.go). A file that holds one is root's alone.
 */
import type { ClusterConfig } from '../config/schema.ts'
import { render } from './engine.ts'
import type { FileContent, RegistryTexts } from './types.ts'

/** The first line of the template, by which those are known that Slipway wrote. */
export const registryMarker = '# Written by Slipway: the registry section of the cluster file.'

export const registryCaFile = '/etc/containerd/registry-ca.pem'

type Registry = ClusterConfig['registry']
type Mirror = Registry['mirrors'][string][number]

/** containerd's form of `registry.example.com:5000` (hostDirectory in docker/config/hosts.go). */
const folderOf = (registry: string): string => registry.replace(/:(\d+)$/, '_$1_')

const hostOf = (registry: string): string => new URL(`https://${registry}`).host

type HostData = { readonly ca: string; readonly authorization: string }

/** '' where nobody logs in. */
const authorization = (host: string, { credentials }: Registry, { passwords }: RegistryTexts): string => {
  const name = Object.keys(credentials).find((each) => hostOf(each) === host)
  if (name === undefined) return ''
  const password = passwords.get(name)
  if (password === undefined) throw new Error(`no password for ${name}`)
  return `Basic ${Buffer.from(`${credentials[name]?.user}:${password}`).toString('base64')}`
}

const mirrorData = (mirror: Mirror, registry: Registry, texts: RegistryTexts): Mirror & HostData => {
  const { protocol, host } = new URL(mirror.endpoint)
  return {
    ...mirror,
    // With a CA, containerd would try https on a host of plain http first.
    ca: texts.caPem !== undefined && protocol === 'https:' ? registryCaFile : '',
    authorization: protocol === 'https:' ? authorization(host, registry, texts) : '',
  }
}

const hostsFile = (name: string, registry: Registry, texts: RegistryTexts): FileContent => {
  const itself: HostData = {
    ca: texts.caPem === undefined ? '' : registryCaFile,
    authorization: authorization(hostOf(name), registry, texts),
  }
  const mirrors = (registry.mirrors[name] ?? []).map((mirror) => mirrorData(mirror, registry, texts))
  const content = render('etc/containerd/certs.d/hosts.toml.hbs', { ...itself, mirrors })
  const secret = [itself, ...mirrors].some((each) => each.authorization !== '')
  const path = `/etc/containerd/certs.d/${folderOf(name)}/hosts.toml`
  return { path, mode: secret ? 0o600 : 0o644, content, ...(secret ? { secret } : {}) }
}

/** A private CA is for every registry: those without a folder of their own have `_default`. */
export const registryFiles = ({ registry }: ClusterConfig, texts: RegistryTexts): readonly FileContent[] => {
  const { caPem } = texts
  const names = [
    ...Object.keys(registry.mirrors),
    ...Object.keys(registry.credentials),
    ...(caPem === undefined ? [] : ['_default']),
  ]
  return [
    ...(caPem === undefined ? [] : [{ path: registryCaFile, mode: 0o644, content: caPem }]),
    ...[...new Set(names)].toSorted().map((name) => hostsFile(name, registry, texts)),
  ]
}

/** Servers on loopback that have what upstream publishes: as upstream itself, behind a proxy that leads to it, and as mirrors. */
import { startConnectProxy } from './connect-proxy.ts'
import { startNginx } from './nginx.ts'
import { startRegistry } from './registry.ts'
import { scratchDirectory } from './scratch.ts'
import { serverCertificate } from './server-certificate.ts'
import { publishImages, publishReleases } from './upstream.ts'

const fileServers = ['dl.k8s.io', 'github.com']
const registries = ['registry.k8s.io', 'ghcr.io']

/** With a certificate for upstream's names, of a private CA. */
export const startUpstream = async (arches: readonly string[]) => {
  const tls = serverCertificate(...fileServers, ...registries)
  const folder = scratchDirectory('upstream')
  for (const arch of arches) publishReleases(folder, arch)
  const files = await startNginx(folder, { tls, byHost: true })
  const registry = await startRegistry({ tls })
  await publishImages(registry, arches)
  const ports = [
    ...fileServers.map((host) => [`${host}:443`, files.port] as const),
    ...registries.map((host) => [`${host}:443`, registry.port] as const),
  ]
  const proxy = await startConnectProxy(Object.fromEntries(ports))
  return { caFile: tls.ca, environment: { HTTPS_PROXY: proxy.origin.href } }
}

/** `folder`: what the file server has, by upstream's host. */
export const startMirrors = async (arches: readonly string[]) => {
  const folder = scratchDirectory('mirror')
  for (const arch of arches) publishReleases(folder, arch)
  const files = await startNginx(folder)
  const registry = await startRegistry()
  await publishImages(registry, arches, 'k8s/')
  const mirrors = [
    ...fileServers.map((host) => `${host}=${files.origin.origin}/${host}`),
    ...registries.map((host) => `${host}=${registry.origin.origin}/k8s`),
  ]
  return { folder, files, mirrors }
}

/** Nobody answers at port 1 of loopback: that is how upstream looks from behind a wall. */
export const walledOff = { HTTPS_PROXY: 'http://127.0.0.1:1' }

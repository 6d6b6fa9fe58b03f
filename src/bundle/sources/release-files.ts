/**
 * Where upstream publishes each executable of a bundle, and the file that says its SHA-256. One row a component. Takes the versions of
 * a release and an architecture; gives rows. Pure.
 */
import type { Versions } from '../catalog.ts'
import type { Wanted } from './types.ts'

export type ReleaseFile = {
  readonly component: string
  readonly version: string
  readonly url: URL
  /** The file beside it that has its checksum. */
  readonly checksums: URL
  /** Where what is published is an archive: the executable's path in it. */
  readonly member?: string
}

type Published = Omit<ReleaseFile, 'component'>

type Row = (v: Versions, arch: string) => Published

const kubernetes =
  (component: string): Row =>
  (v, arch) => {
    const url = `https://dl.k8s.io/release/v${v.kubernetes}/bin/linux/${arch}/${component}`
    return { version: v.kubernetes, url: new URL(url), checksums: new URL(`${url}.sha256`) }
  }

const onGithub = (project: string, version: string, file: string): URL =>
  new URL(`https://github.com/${project}/releases/download/v${version}/${file}`)

/** The static edition of the archive: the other one wants a glibc that is not too old. */
const containerd =
  (component: string): Row =>
  ({ containerd: version }, arch) => {
    const file = `containerd-static-${version}-linux-${arch}.tar.gz`
    const place = (name: string) => onGithub('containerd/containerd', version, name)
    return { version, url: place(file), checksums: place(`${file}.sha256sum`), member: `bin/${component}` }
  }

const cniPlugin =
  (member: string, versionOf: (v: Versions) => string): Row =>
  (v, arch) => {
    const version = versionOf(v)
    const file = `cni-plugins-linux-${arch}-v${version}.tgz`
    const place = (name: string) => onGithub('containernetworking/plugins', version, name)
    return { version, url: place(file), checksums: place(`${file}.sha256`), member }
  }

const plugin = (name: string): Row => cniPlugin(name, (v) => v['cni-plugins'])

const rows: Readonly<Record<string, Row>> = {
  kubelet: kubernetes('kubelet'),
  kubectl: kubernetes('kubectl'),
  containerd: containerd('containerd'),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2'),
  ctr: containerd('ctr'),
  runc: ({ runc: version }, arch) => ({
    version,
    url: onGithub('opencontainers/runc', version, `runc.${arch}`),
    checksums: onGithub('opencontainers/runc', version, 'runc.sha256sum'),
  }),
  bridge: plugin('bridge'),
  loopback: plugin('loopback'),
  'host-local': plugin('host-local'),
  portmap: plugin('portmap'),
  bandwidth: plugin('bandwidth'),
  firewall: plugin('firewall'),
  'flannel-cni': cniPlugin('flannel', (v) => v['flannel-cni']),
  crictl: ({ 'cri-tools': version }, arch) => {
    const file = `crictl-v${version}-linux-${arch}.tar.gz`
    const place = (name: string) => onGithub('kubernetes-sigs/cri-tools', version, name)
    return { version, url: place(file), checksums: place(`${file}.sha256`), member: 'crictl' }
  },
}

export const releaseFile = (component: string, versions: Versions, arch: string): ReleaseFile => {
  const row = rows[component]
  if (row) return { component, ...row(versions, arch) }
  throw new Error(`no row says where ${component} is published`)
}

export const releaseFilesOf = ({ binaries, versions, arch }: Wanted): readonly ReleaseFile[] =>
  binaries.map(({ component }) => releaseFile(component, versions, arch))

/** `runc.amd64`: what a file is called where it is published, and beside its checksum. */
export const fileName = (url: URL): string => url.pathname.replace(/^.*\//, '')

/** The certificates of a cluster as they are found, and what is wrong with them: values that are read in one place and shown in another. */
import type { X509Certificate } from 'node:crypto'
import type { HostConfig } from '../config/schema.ts'

/** Where a certificate is. A kubeconfig holds two: that of the user, and whom it trusts. */
export type Place =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly holds: 'client' | 'trust' }
  /** `file` is the one that it should serve; none where the server makes its own, in memory. */
  | { readonly kind: 'port'; readonly port: number; readonly file: string | undefined }

/** `certificate` is undefined where there is something that is none. All that one file holds has the very same `place`, in its order. */
export type Found = { readonly place: Place; readonly certificate: X509Certificate | undefined }

/** A port on which nothing is served, and why. */
export type Silent = { readonly port: number; readonly server: string; readonly why: string }

export type HostCertificates = {
  readonly host: HostConfig
  readonly found: readonly Found[]
  readonly silent: readonly Silent[]
}

export type Everywhere = {
  readonly hosts: readonly HostCertificates[]
  /** In the cluster's folder on this machine. */
  readonly here: readonly Found[]
}

export type ProblemKind =
  | 'expired'
  | 'expires-soon'
  | 'not-yet-valid'
  /** What is served is not what is in the file. */
  | 'stale'
  /** Signed by, or trusting, a CA that the control planes do not know. */
  | 'untrusted'
  | 'unreadable'
  | 'missing'

export type Row = {
  /** undefined: this machine. */
  readonly host: string | undefined
  readonly place: Place
  readonly certificate: X509Certificate | undefined
  readonly problems: readonly ProblemKind[]
}

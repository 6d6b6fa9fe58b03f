/**
 * How a bundle is kept in a registry. Below the place that it is pushed to, `slipway-bundle` holds its index, byte for byte, with
 * everything that it names; the index has a tag for every architecture, and its signature has a tag made of its digest. Every image is
 * also under its own name and tag, without the registry that it came from, where containerd looks for it when the place is a mirror.
 */
import { type Manifest, mediaTypes, sha256 } from '../oci.ts'

export const bundleRepository = 'slipway-bundle'

/** `1.37.1-amd64` */
export const bundleTag = (kubernetes: string, arch: string): string => `${kubernetes}-${arch}`

/** As cosign calls the signature of something: `sha256-….sig`. */
export const signatureTag = (indexDigest: string): string => `${indexDigest.replace(':', '-')}.sig`

const signatureType = 'application/vnd.slipway.signature.v1+json'

/** OCI's form for what is no image (image-spec 1.1, "Guidelines for Artifact Usage"): an empty configuration and a layer. */
export const signatureManifest = (signature: string): Manifest => ({
  schemaVersion: 2,
  mediaType: mediaTypes.manifest,
  artifactType: signatureType,
  config: { mediaType: mediaTypes.empty, digest: sha256('{}'), size: 2 },
  layers: [{ mediaType: signatureType, digest: sha256(signature), size: Buffer.byteLength(signature) }],
})

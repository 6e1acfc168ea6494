// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Registry;

/// <summary>Where a registry stores its content, where it listens, and what it accepts.</summary>
public sealed record RegistryOptions
{
    /// <summary>The folder that holds everything; it is created when missing. Content in it outlives the server.</summary>
    public required string StorageDirectory { get; init; }

    /// <summary>
    /// Where blobs are stored, and a copy of all else, so that <see cref="StorageDirectory"/> may be lost with its disk. Null to store in the
    /// folder alone.
    /// </summary>
    public ObjectStorage? Objects { get; init; }

    /// <summary>The address to listen on. Whoever reaches another one than this machine's own may do everything, unless there is <see cref="Access"/>.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>The largest manifest or index that is accepted, in bytes; a larger one is answered with 413.</summary>
    public int MaximumManifestSize { get; init; } = OciJson.MaximumSize;

    /// <summary>How long an upload may rest between two requests before it is forgotten and its bytes are removed.</summary>
    public TimeSpan UploadIdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The most bytes that stored content and running uploads may take; what does not fit is answered with 403. Null for no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>Whether clients may only read. The folder is not written to then, unless there is an <see cref="Upstream"/>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// The registry that this one is a mirror of, for example <c>https://registry-1.docker.io</c>: what is missing is fetched from there and
    /// kept. Clients of a mirror may only read. Null for none.
    /// </summary>
    public Uri? Upstream { get; init; }

    /// <summary>Who may do what; null for everything by everyone.</summary>
    public RegistryAccess? Access { get; init; }

    /// <summary>The certificate to speak TLS with; null for HTTP.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>What clients may take of the registry.</summary>
    public RegistryLimits Limits { get; init; } = new();

    /// <summary>How often what no manifest needs is deleted, while the registry serves; null for never.</summary>
    public TimeSpan? GarbageInterval { get; init; }

    /// <summary>How long after it was last asked for content that no manifest needs stays.</summary>
    public TimeSpan GarbageGrace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long requests that are under way may take to end when the server stops; what is left then is cut off.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether <c>/metrics</c> tells what happens, to everyone who may ask for it: with <see cref="Access"/> these are its users.</summary>
    public bool Metrics { get; init; }

    /// <summary>Receives each request when it has ended, on the thread that answered it; null for none. It must not throw, nor wait for anything.</summary>
    public Action<RegistryRequest>? RequestLog { get; init; }

    /// <summary>Receives the server's log; nothing is logged by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock by which uploads grow old.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Distribution;

/// <summary>A registry's answer that is an error.</summary>
public sealed class RegistryException : DriftException
{
    /// <summary>Creates the error.</summary>
    public RegistryException(ErrorCode code, string message, string? hint, HttpMethod method, Uri uri, HttpStatusCode status, IReadOnlyList<RegistryError> errors)
        : base(code, message, hint)
    {
        Method = method;
        Uri = uri;
        Status = status;
        Errors = errors;
    }

    /// <summary>The request's method.</summary>
    public HttpMethod Method { get; }

    /// <summary>The request's address, without its query, which may hold a signature.</summary>
    public Uri Uri { get; }

    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What the registry itself says, as far as it does (distribution-spec, "Error Codes").</summary>
    public IReadOnlyList<RegistryError> Errors { get; }
}

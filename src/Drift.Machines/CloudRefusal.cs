// SPDX-License-Identifier: Apache-2.0

using System.Net;
using Drift.Oci;

namespace Drift.Machines;

/// <summary>A cloud's answer that is an error.</summary>
internal sealed class CloudRefusal(ErrorCode code, string message, string? hint, HttpStatusCode status, string reason) : DriftException(code, message, hint)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The cloud's own name of the error, for example <c>NotAuthorizedOrNotFound</c>; empty when it gave none.</summary>
    public string Reason { get; } = reason;
}

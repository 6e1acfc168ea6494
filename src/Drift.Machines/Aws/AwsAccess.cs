// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Who speaks to AWS, and where.</summary>
/// <param name="KeyId">The access key's id.</param>
/// <param name="Secret">The secret access key.</param>
/// <param name="Region">The region, for example <c>eu-west-1</c>.</param>
/// <param name="SessionToken">The token of temporary credentials, as a workflow gets for its identity; null with a user's own key.</param>
internal sealed record AwsAccess(string KeyId, string Secret, string Region, string? SessionToken = null)
{
    /// <summary>Secrets are not for messages.</summary>
    public override string ToString() => $"{KeyId} in {Region}";
}

// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;

namespace Drift.Cli;

/// <summary>The exit codes: a contract with scripts.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Bug = 1;
    public const int Usage = 2;
    public const int BadInput = 3;
    public const int AccessDenied = 4;
    public const int NotFound = 5;
    public const int Registry = 6;
    public const int VerificationFailed = 7;
    public const int Interrupted = 130;

    public static int Of(ErrorCode code) => code switch
    {
        ErrorCode.NotFound => NotFound,
        ErrorCode.AccessDenied => AccessDenied,
        ErrorCode.RegistryUnreachable or ErrorCode.RegistryError or ErrorCode.ClusterUnreachable or ErrorCode.ClusterRefused or ErrorCode.HostUnreachable or ErrorCode.AlreadyRunning
            or ErrorCode.CloudUnreachable or ErrorCode.CloudRefused or ErrorCode.OutOfCapacity or ErrorCode.LimitReached => Registry,
        ErrorCode.ContentMismatch or ErrorCode.InvalidContent or ErrorCode.NotHealthy or ErrorCode.NotReproducible => VerificationFailed,
        _ => BadInput,
    };
}

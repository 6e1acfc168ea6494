// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>Brings an image into a bucket, as an <c>.oci</c> archive. Each call goes on where an earlier process was stopped.</summary>
internal interface ICopySource : IDisposable
{
    /// <summary>The image's id.</summary>
    string Image { get; }

    /// <summary>Whoever owns the bucket.</summary>
    OracleClient Storage { get; }

    /// <summary>Finds out whether the image can be copied at all, before anything is made.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>What would be asked for, in its order; what only answers tell is in braces.</summary>
    IEnumerable<OracleRequest> Plan(ObjectPlace place, string id);

    /// <summary>Makes the object.</summary>
    Task StoreAsync(ObjectPlace place, string id, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken);

    /// <summary>Ends what is still writing to the object, so that it can be deleted for good.</summary>
    Task StopAsync(ObjectPlace place, CopyJournal journal, IProgress<CopyStep> progress, CancellationToken cancellationToken);
}

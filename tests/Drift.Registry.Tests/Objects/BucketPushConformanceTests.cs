// SPDX-License-Identifier: Apache-2.0

using Drift.TestKit;

namespace Drift.Registry.Tests;

/// <summary>With a bucket, pushes are answered as without.</summary>
[Collection(SwiftTests.Name)]
public sealed class BucketPushConformanceTests(SwiftServer swift) : PushConformanceTests
{
    private ObjectStorage? _objects;

    protected override RegistryOptions Options => base.Options with { Objects = _objects };

    public override async ValueTask InitializeAsync()
    {
        _objects = new ObjectStorage(swift.Address, await swift.NewBucketAsync()) { AccessKey = SwiftServer.Key, SecretKey = SwiftServer.Secret };
        await base.InitializeAsync();
    }
}

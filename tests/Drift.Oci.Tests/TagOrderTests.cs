// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci.Tests;

public sealed class TagOrderTests
{
    [Fact]
    public void Versions_follow_each_other()
    {
        string[] ordered = ["edge", "latest", "0.9", "1", "1.0-alpha", "1.0-alpha.2", "1.0-rc1", "1.0", "1.0.1", "v1.2", "1.9", "1.10-rc2", "1.10-rc10", "1.10", "2024.01.31", "20240131"];
        for (var seed = 0; seed < 20; seed++)
        {
            var shuffled = ordered.ToArray();
            new Random(seed).Shuffle(shuffled);
            Array.Sort(shuffled, TagOrder.Instance);
            Assert.Equal(ordered, shuffled);
        }
    }

    [Theory]
    [InlineData("99999999999999999999999999999998", "99999999999999999999999999999999")]
    [InlineData("1.01", "1.1")]
    [InlineData("v1", "w1")]
    [InlineData("", "a")]
    public void Any_two_texts_have_an_order(string a, string b)
    {
        Assert.Equal(-Math.Sign(TagOrder.Instance.Compare(a, b)), Math.Sign(TagOrder.Instance.Compare(b, a)));
        Assert.NotEqual(0, TagOrder.Instance.Compare(a, b));
        Assert.Equal(0, TagOrder.Instance.Compare(a, a));
    }
}

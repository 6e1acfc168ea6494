// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace Drift.Deployment.Tests;

/// <summary>What Drift has applied to an object is found again among what others, and the server itself, have set.</summary>
public sealed class FieldSetTests
{
    private static readonly KubernetesObject Live = new((JsonObject)JsonNode.Parse("""
        {"apiVersion": "apps/v1", "kind": "Deployment",
         "metadata": {"name": "site", "namespace": "n", "uid": "1", "labels": {"a": "mine", "b": "other"}, "finalizers": ["mine", "other"],
          "managedFields": [
           {"manager": "drift", "operation": "Apply", "fieldsV1": {
             "f:metadata": {"f:labels": {"f:a": {}}, "f:finalizers": {"v:\"mine\"": {}}},
             "f:spec": {"f:replicas": {}, "f:gone": {}, "f:empty": {".": {}}, "f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"site\"}": {".": {}, "f:name": {}, "f:image": {}, "f:ports": {"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}}}}}}},
           {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:paused": {}}}}]},
         "spec": {"replicas": 2, "paused": false, "empty": {"theirs": 1}, "template": {"spec": {"dnsPolicy": "ClusterFirst", "containers": [
           {"name": "other", "image": "x"},
           {"name": "site", "image": "y", "imagePullPolicy": "Always", "ports": [{"containerPort": 8080, "protocol": "TCP", "hostPort": 1}, {"containerPort": 8080, "protocol": "UDP"}]}]}}},
         "status": {"replicas": 2}}
        """)!);

    [Fact]
    public void Only_what_was_applied_is_extracted() => AssertEqual("""
        {"metadata": {"labels": {"a": "mine"}, "finalizers": ["mine"], "name": "site", "namespace": "n"},
         "spec": {"replicas": 2, "empty": {}, "template": {"spec": {"containers": [{"name": "site", "image": "y", "ports": [{"containerPort": 8080, "protocol": "TCP"}]}]}}},
         "apiVersion": "apps/v1", "kind": "Deployment"}
        """, FieldSet.Extract(Live, FieldSet.Of(Live)));

    [Fact]
    public void What_another_version_applied_is_restored_too()
    {
        var more = (JsonObject)JsonNode.Parse("""{"f:spec": {"f:paused": {}, "f:template": {"f:spec": {"f:dnsPolicy": {}, "f:hostNetwork": {}}}}}""")!;
        var restored = FieldSet.Extract(Live, FieldSet.Union(FieldSet.Of(Live), more));
        Assert.False((bool)restored.Find("spec", "paused")!);
        Assert.Equal("ClusterFirst", restored.Text("spec", "template", "spec", "dnsPolicy"));
        Assert.Null(restored.Find("spec", "template", "spec", "hostNetwork"));
        Assert.Equal(2, restored.Number("spec", "replicas"));
    }

    [Fact]
    public void Of_an_object_that_nobody_applied_nothing_is_taken_away() => AssertEqual(
        """{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}}""",
        FieldSet.Extract(new KubernetesObject((JsonObject)JsonNode.Parse("""{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"type": "NodePort"}}""")!), []));

    private static void AssertEqual(string expected, KubernetesObject actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual.Json), actual.Json.ToJsonString());
}

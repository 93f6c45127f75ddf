using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>One Blob Storage server for the tests of a class; every test has a container of its own.</summary>
public sealed class BlobFixture : IAsyncLifetime
{
    private BlobServer? server;

    /// <summary>Skips the test where there is no Node.</summary>
    public BlobServer Server
    {
        get
        {
            Assert.SkipWhen(server is null, "npm ci failed in tests/support/azurite: Node 20 and the npm registry are needed.");
            return server;
        }
    }

    public async ValueTask InitializeAsync() => server = await BlobServer.TryStartAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Core.Connections;

public sealed class ConfigurationTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");

    [Fact]
    public void Tenants_have_a_name_and_a_prefix_of_their_own_or_one_made_from_the_id()
    {
        using var services = Build(("Tenants:contoso:Name", "Contoso Ltd"), ("Tenants:fabrikam:Prefix", "fb"));
        var tenants = services.GetRequiredService<ITenantDirectory>();
        tenants.All.ShouldBe([new(Contoso, "Contoso Ltd", "CON"), new(TenantId.Parse("fabrikam"), "fabrikam", "FB")]);
        tenants.FindByPrefix("con")!.Id.ShouldBe(Contoso);
        tenants.Find(TenantId.Parse("nobody")).ShouldBeNull();
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        using var tenants =
            Build(("Tenants:a b:Name", "x"), ("Tenants:contoso:Prefix", "X1"), ("Tenants:fab:Name", "1"), ("Tenants:fabrikam:Name", "2"));
        var message = Should.Throw<OptionsValidationException>(() => tenants.GetRequiredService<ITenantDirectory>().All).Message;
        message.ShouldContain("Tenants:a b: not a tenant id");
        message.ShouldContain("Tenants:contoso:Prefix: 'X1'");
        message.ShouldContain("fab and fabrikam have the same prefix 'FAB'");

        using var connections = Build(
            ("Tenants:contoso:Name", "Contoso"),
            ("Connections:one:Tenant", "nobody"), ("Connections:one:Connector", "mailbox"),
            ("Connections:two:Connector", "mailbox"),
            ("Connections:three:Tenant", "contoso"), ("Connections:three:Connector", "teleport"),
            ("Connections:four:Tenant", "contoso"), ("Connections:four:Connector", "mailbox"));
        message = Should.Throw<OptionsValidationException>(() => connections.GetRequiredService<IConnections>()).Message;
        message.ShouldContain("Connections:one:Tenant: there is no tenant 'nobody'");
        message.ShouldContain("Connections:two:Tenant: missing");
        message.ShouldContain("Connections:three:Connector: there is no connector 'teleport'; known are mailbox");
        message.ShouldContain("Connections:four:Settings:Token: missing");
    }

    [Fact]
    public void No_tenant_at_all_is_a_mistake() =>
        Should.Throw<OptionsValidationException>(() => Build().GetRequiredService<ITenantDirectory>().All).Message
            .ShouldContain("none is configured");

    [Fact]
    public void A_connection_belongs_to_its_tenant_and_one_that_only_receives_cannot_act()
    {
        using var services = Build(
            ("Tenants:contoso:Name", "Contoso"), ("Tenants:fabrikam:Name", "Fabrikam"),
            ("Connections:contoso-mailbox:Tenant", "Contoso"), ("Connections:contoso-mailbox:Connector", "Mailbox"),
            ("Connections:contoso-mailbox:Settings:token", "t"));
        var connections = services.GetRequiredService<IConnections>();
        var connection = services.GetRequiredService<IConnectionDirectory>().Named("CONTOSO-mailbox").ShouldNotBeNull();
        (connection.Tenant, connection.Connector, connection.Settings["Token"]).ShouldBe((Contoso, "mailbox", "t"));
        connections.For(Contoso).ShouldBeEmpty();
        // A plan that was staged when the connection could act must find none, not an error.
        connections.Find(Contoso, "contoso-mailbox").ShouldBeNull();
        connections.Find(TenantId.Parse("fabrikam"), "contoso-mailbox").ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => connections.GetConnector(connection));
    }

    [Fact]
    public void Secrets_are_read_where_they_are_kept_and_never_printed()
    {
        var clock = new ManualClock();
        using var services = Build(clock);
        var secrets = services.GetRequiredService<ISecretSource>();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "first\n");
            secrets.Read(new($"file:{file}")).ShouldBe("first");
            File.WriteAllText(file, "second\n");
            secrets.Read(new($"file:{file}")).ShouldBe("first");
            clock.Advance(TimeSpan.FromSeconds(31));
            secrets.Read(new($"file:{file}")).ShouldBe("second");
        }
        finally
        {
            File.Delete(file);
        }
        secrets.Read(new("plain")).ShouldBe("plain");
        Should.Throw<SecretUnavailableException>(() => secrets.Read(new("env:NO_SUCH_VARIABLE"))).Message
            .ShouldContain("env:NO_SUCH_VARIABLE");
        Should.Throw<SecretUnavailableException>(() => secrets.Read(new("file:/no/such/file")));
        $"{new SecretReference("hunter2")} {new SecretReference("env:X")}".ShouldBe("(secret) env:X");
    }

    private static ServiceProvider Build(params (string Key, string Value)[] settings) => Build(new ManualClock(), settings);

    private static ServiceProvider Build(TimeProvider clock, params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build())
        .AddSingleton(clock)
        .AddSingleton<IConnectionCheck, MailboxCheck>()
        .AddSingleton<TenantStates>().AddSingleton<ILedger>(new InMemoryLedger(clock)).AddSingleton(CoreFeatures.Catalog)
        .AddTenancy()
        .AddTenantConnections()
        .BuildServiceProvider();

    private sealed class MailboxCheck : IConnectionCheck
    {
        public string Connector => "mailbox";

        public IEnumerable<string> Problems(Connection connection) => connection.Settings.ContainsKey("Token") ? [] : ["Token: missing."];
    }
}

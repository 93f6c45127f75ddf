using DevOpsAI.Common;

namespace DevOpsAI.Tests.Core.Common;

/// <summary>A secret is the same wherever it is kept.</summary>
public sealed class SecretSourceTests : IDisposable
{
    private const string Variable = "DEVOPSAI_TEST_SECRET_SOURCE";
    private readonly string file = Path.GetTempFileName();

    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    public void A_line_end_is_no_part_of_it(string kept)
    {
        var secrets = new SecretSource(TimeProvider.System);
        File.WriteAllText(file, kept);
        Environment.SetEnvironmentVariable(Variable, kept);
        secrets.Read(new(kept)).ShouldBe("secret");
        secrets.Read(new($"file:{file}")).ShouldBe("secret");
        secrets.Read(new($"env:{Variable}")).ShouldBe("secret");
    }

    [Theory]
    [InlineData(" secret ")]
    [InlineData("two\nlines")]
    public void Everything_else_is(string kept)
    {
        var secrets = new SecretSource(TimeProvider.System);
        File.WriteAllText(file, kept);
        secrets.Read(new($"file:{file}")).ShouldBe(kept);
        secrets.Read(new(kept)).ShouldBe(kept);
    }

    [Fact]
    public void One_that_is_a_line_end_is_missing()
    {
        File.WriteAllText(file, "\n");
        Should.Throw<SecretUnavailableException>(() => new SecretSource(TimeProvider.System).Read(new($"file:{file}"))).Message
            .ShouldContain("is missing or empty");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        File.Delete(file);
    }
}

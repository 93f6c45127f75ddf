using System.Text;
using DevOpsAI.Common;

namespace DevOpsAI.Tests.Common;

public sealed class WholeFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("whole-file-").FullName;

    private string Target => Path.Combine(folder, "kept");

    [Fact]
    public async Task One_of_many_gets_a_free_name_and_no_other_overwrites_it()
    {
        for (var round = 0; round < 200; round++)
        {
            var path = Path.Combine(folder, $"round-{round}");
            using var together = new Barrier(4);
            var tried = await Task.WhenAll(Enumerable.Range(0, 4).Select(who => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return Succeeds(() => WholeFile.Create(path, Encoding.UTF8.GetBytes($"{who}"))) ? $"{who}" : null;
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            tried.Where(who => who is not null).ShouldHaveSingleItem()
                .ShouldBe(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        }
        Directory.GetFiles(folder).Length.ShouldBe(200);
    }

    [Fact]
    public void A_taken_name_is_left_as_it_is()
    {
        File.WriteAllText(Target, "mine");
        Should.Throw<IOException>(() => WholeFile.Create(Target, "yours"u8)).Message.ShouldContain("exists");
        File.ReadAllText(Target).ShouldBe("mine");
        Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_file_that_loses_its_name_to_another_stays_where_it_was()
    {
        File.WriteAllText(Target, "mine");
        var other = Path.Combine(folder, "other");
        File.WriteAllText(other, "yours");
        Should.Throw<IOException>(() => WholeFile.PutAtFreeName(other, Target));
        (File.ReadAllText(Target), File.ReadAllText(other)).ShouldBe(("mine", "yours"));
    }

    [Fact]
    public void A_replaced_file_has_the_new_content_alone()
    {
        File.WriteAllText(Target, "a longer text than the next");
        WholeFile.Replace(Target, "short"u8);
        File.ReadAllText(Target).ShouldBe("short");
        Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_private_file_is_its_owners_from_the_first_moment()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        WholeFile.Create(Target, "secret"u8, ownerOnly: true);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        var path = Path.Combine(folder, "nowhere", "file");
        Should.Throw<IOException>(() => WholeFile.Create(path, "text"u8)).Message.ShouldContain(path);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static bool Succeeds(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

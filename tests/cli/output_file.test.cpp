#include "cli/output_file.hpp"

#include <csignal>
#include <filesystem>
#include <functional>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/cli/folder.hpp"

using namespace springspice::cli;
using springspice::test::Folder;
namespace fs = std::filesystem;

namespace {

std::string complaint(const std::function<void()>& act) {
  try {
    act();
  } catch (const OutputError& error) {
    return error.what();
  }
  return "no complaint";
}

std::string complaint_about(const std::string& path) {
  return complaint([&] { OutputFile(path).commit(); });
}

/// How a child ends that runs `act`, as waitpid() tells; it leaves without the test runner's exit.
int in_child(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// `act` with standard output on `file`, in a child; 0 where it ends without an OutputError.
int with_standard_output(int file, const std::function<void()>& act) {
  return in_child([&] {
    ::dup2(file, STDOUT_FILENO);
    try {
      act();
    } catch (const OutputError& error) {
      const std::string message = error.what();
      return message.starts_with("cannot write standard output: ") ? 1 : 2;
    }
    return 0;
  });
}

}  // namespace

TEST_CASE("a committed file has its text, and no temporary one is left") {
  const Folder folder;
  OutputFile file(folder / "a.cir");
  file.stream() << "V1 a 0 " << 5 << '\n';
  file.write("R1 a 0 1k\n");
  CHECK_FALSE(folder.has("a.cir"));
  file.commit();
  CHECK(folder.text("a.cir") == "V1 a 0 5\nR1 a 0 1k\n");
  CHECK(folder.files() == 1);
}

TEST_CASE("files that belong together are finished before the first is committed") {
  const Folder folder;
  folder.put("a", "old");
  OutputFile a(folder / "a");
  a.write("new");
  a.finish();
  CHECK(folder.text("a") == "old");
  {
    OutputFile b("/dev/full");
    b.write("text");
    CHECK_THROWS_WITH(b.finish(), ContainsSubstring("No space left on device"));
  }
  a.commit();
  CHECK(folder.text("a") == "new");
}

TEST_CASE("text larger than any buffer arrives whole") {
  const Folder folder;
  std::string text;
  for (int i = 0; i < 40000; ++i) text += std::to_string(i) + '\n';
  OutputFile file(folder / "a");
  file.write(text);
  file.write("");
  file.stream() << text;
  file.commit();
  CHECK(folder.text("a") == text + text);
}

TEST_CASE("without commit the old file stays") {
  const Folder folder;
  folder.put("a", "old");
  {
    OutputFile file(folder / "a");
    file.write("new");
    file.stream().flush();
    CHECK(folder.files() == 2);
  }
  CHECK(folder.text("a") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a new version keeps the permissions, and a link stays a link") {
  const Folder folder;
  folder.put("a", "old");
  REQUIRE(::chmod((folder / "a").c_str(), 0640) == 0);
  fs::create_symlink("a", folder / "link");
  OutputFile file(folder / "link");
  file.write("new");
  file.commit();
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(folder.text("a") == "new");
  struct stat status {};
  REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("an abandoned temporary file is left alone") {
  const Folder folder;
  const std::string abandoned = folder / ("a.tmp-" + std::to_string(::getpid()));
  folder.put(abandoned, "theirs");
  OutputFile file(folder / "a");
  file.write("ours");
  file.commit();
  CHECK(folder.text("a") == "ours");
  CHECK(folder.text(abandoned) == "theirs");
}

TEST_CASE("a device is written in place") {
  OutputFile file("/dev/null");
  file.write("gone");
  file.commit();
  CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("mistake: a disk that is full") {
  OutputFile file("/dev/full");
  file.stream() << "text";
  CHECK_THROWS_WITH(file.commit(), ContainsSubstring("cannot write /dev/full: No space left on "
                                                     "device; free some space or choose another"));
  OutputFile early("/dev/full");
  CHECK_THROWS_AS(early.write(std::string(200000, 'x')), OutputError);
}

TEST_CASE("mistake: the name is a folder, empty, or ends in a slash") {
  const Folder folder;
  CHECK_THAT(complaint_about(folder / ""),
             ContainsSubstring("it is a folder; give a file name in it"));
  CHECK_THAT(complaint_about(""), ContainsSubstring("its name is empty; choose another --out"));
  CHECK_THAT(complaint_about(folder / "new/"), ContainsSubstring("its name ends in `/`"));
}

TEST_CASE("mistake: the folder of the file is not there, or is no folder") {
  const Folder folder;
  folder.put("x", "");
  CHECK_THAT(complaint_about(folder / "x/out.cir"),
             ContainsSubstring("out.cir: its folder `" + folder / "x" +
                               "` is not a folder (a regular file); choose another --out"));
  CHECK_THAT(complaint_about(folder / "none/deep/out.cir"),
             ContainsSubstring("its folder `" + folder / "none" +
                               "` does not exist; make it or choose another --out"));
  CHECK_THAT(complaint_about(folder / std::string(300, 'n')),
             ContainsSubstring("File name too long"));
}

TEST_CASE("mistake: a folder or a file without permission") {
  if (::geteuid() == 0) return;  // nothing is forbidden to root
  const Folder folder;
  folder.put("a", "old");
  fs::permissions(folder / "a", fs::perms::owner_read);
  CHECK_THAT(complaint_about(folder / "a"), ContainsSubstring("Permission denied; permit writing"));
  fs::create_directory(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK_THAT(complaint_about(folder / "closed/a"), ContainsSubstring("is not open to writing"));
  CHECK_THAT(complaint([&] { make_folder(folder / "closed"); }),
             ContainsSubstring("not open to writing"));
  CHECK_THAT(complaint([&] { make_folder(folder / "closed/new"); }),
             ContainsSubstring("Permission denied in `"));
}

TEST_CASE("mistake: two options name one file") {
  const Folder folder;
  OutputFile first(folder / "a");
  CHECK_THAT(complaint([&] { OutputFile(folder / "./a", "--json"); }),
             ContainsSubstring("another option writes to the same file; choose another --json"));
  first.commit();
  CHECK(complaint_about(folder / "a") == "no complaint");
}

TEST_CASE("mistake: a write cut short by a limit on file sizes") {
  const Folder folder;
  folder.put("a", "old");
  const int status = in_child([&] {
    install_output_signals();
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const std::string message = complaint([&] {
      OutputFile file(folder / "a");
      file.stream() << std::string(5000, 'x');
      file.commit();
    });
    return message.find("File too large (a limit on file sizes") != message.npos ? 0 : 1;
  });
  CHECK(status == 0);
  CHECK(folder.text("a") == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a signal removes the temporary file, keeps the old one, and ends the program") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Folder folder;
    folder.put("a", "old");
    const int status = in_child([&] {
      install_output_signals();
      OutputFile file(folder / "a");
      file.write("new");
      file.stream().flush();
      ::raise(signal);
      return 0;
    });
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
    CHECK(folder.text("a") == "old");
    CHECK(folder.files() == 1);
  }
}

TEST_CASE("a forked child leaves its parent's temporary file alone") {
  const Folder folder;
  OutputFile file(folder / "a");
  file.write("ours");
  const int status = in_child([&] {
    remove_temporary_files();
    return folder.files() == 1 ? 0 : 1;
  });
  CHECK(status == 0);
  file.commit();
  CHECK(folder.text("a") == "ours");
}

TEST_CASE("standard output") {
  const Folder folder;
  const int file = ::open((folder / "out").c_str(), O_WRONLY | O_CREAT, 0600);
  const auto print = [] {
    OutputFile out("-");
    out.stream() << "text\n";
    out.commit();
  };
  CHECK(with_standard_output(file, print) == 0);
  ::close(file);
  CHECK(folder.text("out") == "text\n");
}

TEST_CASE("mistake: standard output that is full, or whose reader has gone away") {
  const auto print = [] {
    install_output_signals();
    OutputFile out("-");
    out.stream() << "text\n";
    out.commit();
  };
  const int full = ::open("/dev/full", O_WRONLY);
  CHECK(WEXITSTATUS(with_standard_output(full, print)) == 1);
  ::close(full);

  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  const int status = with_standard_output(ends[1], print);
  ::close(ends[1]);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("a folder is made with its parents, and may be there already") {
  const Folder folder;
  make_folder(folder / "a/b/");
  make_folder(folder / "a/b");
  CHECK(fs::is_directory(folder / "a/b"));
}

TEST_CASE("mistake: a folder that cannot be made") {
  const Folder folder;
  folder.put("x", "");
  CHECK_THAT(complaint([&] { make_folder(folder / "x"); }),
             ContainsSubstring("cannot make the folder " + folder / "x" + ": `" + folder / "x" +
                               "` is a regular file; choose another --out"));
  CHECK_THAT(complaint([&] { make_folder(folder / "x/y"); }),
             ContainsSubstring("/x` is a regular file; choose another --out"));
  CHECK_THAT(complaint([] { make_folder(""); }), ContainsSubstring("its name is empty"));
  CHECK_THAT(complaint([] { make_folder("/proc/none"); }), ContainsSubstring("in `/proc`"));
}

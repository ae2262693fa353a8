#include "core/sparse_cholesky.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include <Eigen/CholmodSupport>
#include <Eigen/SparseCholesky>
#include <fmt/format.h>

#include "core/error.hpp"

namespace springspice::core {
namespace {

// From bench/cholesky.cpp: below this CHOLMOD's set-up costs more than its solutions save.
constexpr Eigen::Index kFewUnknowns = 64;
// Operations per entry of L from which supernodes pay, with the reference BLAS: at 236 (a grid of
// 513 x 513) they still lose a fifth, at 288 (20 x 20 x 20) they win as much.
constexpr double kSupernodesPay = 250.0;

/// What a solution works in, one for each solution that is under way at the same time.
template <class Workspace>
class Pool {
 public:
  /// Calls `use` with a workspace that nobody else has.
  template <class Use>
  void lend(const Use& use) {
    std::unique_ptr<Workspace> workspace = take();
    use(*workspace);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(workspace));
  }

 private:
  std::unique_ptr<Workspace> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Workspace>();
    std::unique_ptr<Workspace> workspace = std::move(idle_.back());
    idle_.pop_back();
    return workspace;
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

}  // namespace

struct SparseCholesky::Factor {
  virtual ~Factor() = default;
  virtual Backend backend() const = 0;
  virtual Eigen::Index size() const = 0;
  virtual Eigen::Index entries() const = 0;
  virtual double smallest_pivot() const = 0;
  virtual double log_determinant() const = 0;
  /// The coordinate whose pivot is not above 0; -1 where all are.
  virtual Eigen::Index failed_at() const = 0;
  virtual void solve_in_place(Eigen::Ref<Eigen::MatrixXd> b) const = 0;
};

class SparseCholesky::EigenFactor : public Factor {
 public:
  explicit EigenFactor(const SparseMatrix& A) {
    factor_.compute(A);
    // L D L^T goes on past a negative pivot, and so can tell where it was.
    const Eigen::VectorXd pivots = factor_.vectorD();
    const double* const end = pivots.data() + pivots.size();
    const double* const bad =
        std::find_if_not(pivots.data(), end, [](double pivot) { return pivot > 0.0; });
    if (bad == end) {
      smallest_ = pivots.size() == 0 ? 0.0 : pivots.minCoeff();
    } else {
      failed_at_ = factor_.permutationPinv().indices()(bad - pivots.data());
    }
  }

  Backend backend() const override { return Backend::eigen; }
  Eigen::Index size() const override { return factor_.rows(); }
  Eigen::Index entries() const override {
    return factor_.matrixL().nestedExpression().nonZeros() + size();  // L's diagonal is not stored
  }
  double smallest_pivot() const override { return smallest_; }
  double log_determinant() const override { return factor_.vectorD().array().log().sum(); }
  Eigen::Index failed_at() const override { return failed_at_; }

  void solve_in_place(Eigen::Ref<Eigen::MatrixXd> b) const override {
    pool_.lend([&](Eigen::MatrixXd& w) {
      w.noalias() = factor_.permutationP() * b;
      factor_.matrixL().solveInPlace(w);
      w.array().colwise() /= factor_.vectorD().array();
      factor_.matrixU().solveInPlace(w);
      b.noalias() = factor_.permutationPinv() * w;
    });
  }

 private:
  Eigen::SimplicialLDLT<SparseMatrix> factor_;
  double smallest_ = 0.0;
  Eigen::Index failed_at_ = -1;
  mutable Pool<Eigen::MatrixXd> pool_;
};

class SparseCholesky::CholmodFactor : public Factor {
 public:
  explicit CholmodFactor(const SparseMatrix& A) : size_(A.rows()) {
    cholmod_common& common = factor_.cholmod();
    common.print = 0;  // else it writes to standard output what info() tells
    common.supernodal = CHOLMOD_AUTO;
    common.supernodal_switch = kSupernodesPay;
    // L by columns, without the zeros that supernodes were filled up with.
    common.final_asis = 0;
    common.final_super = 0;
    common.final_ll = 1;
    common.final_pack = 1;
    common.final_monotonic = 1;
    common.final_resymbol = 1;
    analyse(A);
    factor_.factorize(A);
    check_status();
  }

  Backend backend() const override { return Backend::cholmod; }
  Eigen::Index size() const override { return size_; }
  Eigen::Index entries() const override { return starts()[size_]; }
  Eigen::Index failed_at() const override {
    const cholmod_factor& L = *factor_.get();
    if (L.minor >= L.n) return -1;
    return static_cast<const int*>(L.Perm)[L.minor];
  }
  double smallest_pivot() const override {
    const auto* const values = static_cast<const double*>(factor_.get()->x);
    double smallest = values[0];  // a column begins with its diagonal
    for (Eigen::Index j = 1; j < size_; ++j) smallest = std::min(smallest, values[starts()[j]]);
    return smallest * smallest;
  }
  double log_determinant() const override {
    const auto* const values = static_cast<const double*>(factor_.get()->x);
    double sum = 0.0;
    for (Eigen::Index j = 0; j < size_; ++j) sum += std::log(values[starts()[j]]);
    return 2.0 * sum;
  }

  void solve_in_place(Eigen::Ref<Eigen::MatrixXd> b) const override {
    pool_.lend([&](Workspace& work) {
      cholmod_dense right = Eigen::viewAsCholmod(b);
      // It writes no factor, but its declaration says so of none.
      auto* const factor = const_cast<cholmod_factor*>(factor_.get());
      if (cholmod_solve2(CHOLMOD_A, factor, &right, nullptr, &work.x, nullptr, &work.y, &work.e,
                         &work.common) == 0) {
        throw std::bad_alloc();
      }
      b = Eigen::Map<const Eigen::MatrixXd>(static_cast<const double*>(work.x->x), b.rows(),
                                            b.cols());
    });
  }

 private:
  /// Eigen's class keeps the factor to itself and its classes.
  class Decomposition : public Eigen::CholmodDecomposition<SparseMatrix> {
   public:
    const cholmod_factor* get() const { return m_cholmodFactor; }
  };

  /// `common` holds the memory's account and the status of one call: no two threads may share it.
  struct Workspace {
    Workspace() {
      cholmod_start(&common);
      common.print = 0;
    }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace() {
      for (cholmod_dense** matrix : {&x, &y, &e}) cholmod_free_dense(matrix, &common);
      cholmod_finish(&common);
    }
    cholmod_common common{};
    cholmod_dense* x = nullptr;
    cholmod_dense* y = nullptr;
    cholmod_dense* e = nullptr;
  };

  // Metis, one of its orderings, draws from the C library's rand() after srand(): two threads at
  // once would draw from one sequence, and the factor's bits would depend on who came first.
  void analyse(const SparseMatrix& A) {
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    factor_.analyzePattern(A);
    check_status();
  }

  void check_status() {
    const int status = factor_.cholmod().status;
    if (status == CHOLMOD_TOO_LARGE) {
      throw InputError(fmt::format(
          "the Cholesky factor of a matrix with {} unknowns has more than 2^31 entries; give fewer "
          "unknowns (--sticks)",
          size_));
    }
    if (status < CHOLMOD_OK) throw std::bad_alloc();
  }

  const int* starts() const { return static_cast<const int*>(factor_.get()->p); }

  Eigen::Index size_;
  Decomposition factor_;
  mutable Pool<Workspace> pool_;
};

std::unique_ptr<const SparseCholesky::Factor> SparseCholesky::make_factor(const SparseMatrix& A,
                                                                          Backend backend) {
  assert(A.rows() == A.cols());
  if (backend == Backend::automatic) {
    backend = A.rows() < kFewUnknowns ? Backend::eigen : Backend::cholmod;
  }
  if (backend == Backend::eigen) return std::make_unique<const EigenFactor>(A);
  return std::make_unique<const CholmodFactor>(A);
}

SparseCholesky::SparseCholesky(std::unique_ptr<const Factor> factor) : factor_(std::move(factor)) {}

SparseCholesky::SparseCholesky(const SparseMatrix& A, std::string_view name, Backend backend)
    : factor_(make_factor(A, backend)) {
  if (factor_->failed_at() < 0) return;
  throw InputError(fmt::format(
      "{} is not positive definite: its Cholesky factorisation ends at coordinate {} of {}; a "
      "direction there is free or unstable, add springs or friction",
      name, factor_->failed_at() + 1, factor_->size()));
}

std::optional<SparseCholesky> SparseCholesky::try_factor(const SparseMatrix& A, Backend backend) {
  std::unique_ptr<const Factor> factor = make_factor(A, backend);
  if (factor->failed_at() >= 0) return std::nullopt;
  return SparseCholesky(std::move(factor));
}

SparseCholesky::SparseCholesky(SparseCholesky&&) noexcept = default;
SparseCholesky& SparseCholesky::operator=(SparseCholesky&&) noexcept = default;
SparseCholesky::~SparseCholesky() = default;

Eigen::Index SparseCholesky::size() const { return factor_->size(); }
SparseCholesky::Backend SparseCholesky::backend() const { return factor_->backend(); }
Eigen::Index SparseCholesky::factor_entries() const { return factor_->entries(); }
double SparseCholesky::smallest_pivot() const { return factor_->smallest_pivot(); }
double SparseCholesky::log_determinant() const { return factor_->log_determinant(); }

Eigen::MatrixXd SparseCholesky::solve(const Eigen::Ref<const Eigen::MatrixXd>& b) const {
  Eigen::MatrixXd x = b;
  solve_in_place(x);
  return x;
}

void SparseCholesky::solve_in_place(Eigen::Ref<Eigen::MatrixXd> b) const {
  assert(b.rows() == size());
  if (b.size() > 0) factor_->solve_in_place(b);
}

}  // namespace springspice::core

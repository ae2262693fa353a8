#include "sim/budget/explicit_form.hpp"

#include <cmath>
#include <utility>

#include <Eigen/QR>

#include "core/error.hpp"

namespace springspice::sim {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Of the largest pivot. Capacitances that are real ones are far above it (a pole a million times
// faster than the circuit makes a pivot of 1e-6), rounding is far below.
constexpr double kRank = 1e-13;
// Of an input's own size: rounding of a few hundred operations.
constexpr double kNothing = 1e-9;

// Powers of two, so that scaling rounds nothing: rows and columns of the pencil in equal size.
VectorXd scale_of(const VectorXd& largest) {
  return largest.unaryExpr(
      [](double size) { return size > 0.0 ? std::exp2(-std::round(std::log2(size) / 2.0)) : 1.0; });
}

class Deflation {
 public:
  Deflation(const MatrixXd& E, const MatrixXd& A, const MatrixXd& B) : E_(E), A_(A), B_(B) {
    equilibrate();
    rates_ = MatrixXd::Zero(B.rows(), B.cols());
    out_.W = MatrixXd::Zero(E.rows(), B.cols());
    out_.X = MatrixXd::Zero(E.rows(), B.cols());
  }

  ExplicitForm run() {
    while (!round()) {
    }
    for (Index q = 0; q < sizes_.size(); ++q) {
      out_.G.col(q) *= sizes_(q);
      out_.W.col(q) *= sizes_(q);
      out_.X.col(q) *= sizes_(q);
    }
    out_.V = columns_.asDiagonal() * out_.V;
    out_.W = columns_.asDiagonal() * out_.W;
    out_.X = columns_.asDiagonal() * out_.X;
    return std::move(out_);
  }

 private:
  void equilibrate() {
    const Index n = E_.rows();
    columns_ = VectorXd::Ones(n);
    constexpr int kRounds = 8;
    for (int k = 0; k < kRounds; ++k) {
      const MatrixXd size = E_.cwiseAbs().cwiseMax(A_.cwiseAbs());
      const VectorXd row = scale_of(size.rowwise().maxCoeff());
      const VectorXd column = scale_of(size.colwise().maxCoeff().transpose());
      E_ = row.asDiagonal() * E_ * column.asDiagonal();
      A_ = row.asDiagonal() * A_ * column.asDiagonal();
      B_ = row.asDiagonal() * B_;
      columns_ = columns_.cwiseProduct(column);
    }
    sizes_ = VectorXd::Ones(B_.cols());
    for (Index q = 0; q < B_.cols(); ++q) {
      const double size = B_.col(q).cwiseAbs().maxCoeff();
      if (size > 0.0) sizes_(q) = size;
      B_.col(q) /= sizes_(q);
    }
    out_.V = MatrixXd::Identity(n, n);
  }

  // E1 M = rates of the inputs: z = z~ + M w takes them out.
  void absorb_rates(const Eigen::ColPivHouseholderQR<MatrixXd>& qr, Index rank) {
    MatrixXd M = MatrixXd::Zero(E_.rows(), B_.cols());
    M.topRows(rank) = qr.matrixR()
                          .topLeftCorner(rank, rank)
                          .triangularView<Eigen::Upper>()
                          .solve(rates_.topRows(rank));
    M = qr.colsPermutation() * M;
    B_ -= A_ * M;
    out_.W += out_.V * M;
  }

  // True where E was regular: F and G are there.
  bool round() {
    const Index n = E_.rows();
    if (n == 0) {
      out_.F.resize(0, 0);
      out_.G.resize(0, B_.cols());
      return true;
    }
    Eigen::ColPivHouseholderQR<MatrixXd> qr(n, n);
    qr.setThreshold(kRank);
    qr.compute(E_);
    const Index rank = qr.rank();
    for (MatrixXd* matrix : {&E_, &A_, &B_, &rates_}) {
      matrix->applyOnTheLeft(qr.householderQ().adjoint());
    }
    if (rates_.size() > 0) absorb_rates(qr, rank);
    if (rank == n) {
      out_.F = qr.colsPermutation() * MatrixXd(-solve_upper(qr, A_));
      out_.G = qr.colsPermutation() * solve_upper(qr, B_);
      return true;
    }
    apply_constraints(rank);
    return false;
  }

  static MatrixXd solve_upper(const Eigen::ColPivHouseholderQR<MatrixXd>& qr,
                              const MatrixXd& right) {
    return qr.matrixR().triangularView<Eigen::Upper>().solve(right);
  }

  void apply_constraints(Index rank) {
    const Index n = E_.rows();
    const Index count = n - rank;
    Eigen::ColPivHouseholderQR<MatrixXd> qr(n, count);
    qr.setThreshold(kRank);
    qr.compute(A_.bottomRows(count).transpose());
    if (qr.rank() < count) {
      throw core::InputError(
          "the circuit's equations do not determine its motion: a node is free, or a loop of "
          "voltage sources or amplifiers contradicts itself");
    }
    const MatrixXd basis = qr.householderQ();
    const MatrixXd fixed = basis.leftCols(count);
    const MatrixXd free = basis.rightCols(rank);
    // The constraint's share of z: T w + T_rate w'.
    const auto solve = [&](const MatrixXd& right) -> MatrixXd {
      const MatrixXd permuted = qr.colsPermutation().transpose() * right;
      return fixed * qr.matrixR()
                         .topLeftCorner(count, count)
                         .triangularView<Eigen::Upper>()
                         .transpose()
                         .solve(permuted);
    };
    const MatrixXd T = solve(B_.bottomRows(count));
    const MatrixXd T_rate = solve(rates_.bottomRows(count));
    if ((E_.topRows(rank) * T_rate).cwiseAbs().sum() > kNothing) {
      out_.obstacle = "an input is differentiated twice";
    }
    out_.W += out_.V * T;
    out_.X += out_.V * T_rate;
    out_.V = MatrixXd(out_.V * free);
    rates_ = -(E_.topRows(rank) * T) - A_.topRows(rank) * T_rate;
    B_ = MatrixXd(B_.topRows(rank) - A_.topRows(rank) * T);
    E_ = MatrixXd(E_.topRows(rank) * free);
    A_ = MatrixXd(A_.topRows(rank) * free);
  }

  MatrixXd E_, A_, B_;
  MatrixXd rates_;    // right side: B w + rates w'
  VectorXd columns_;  // z = columns z_scaled
  VectorXd sizes_;    // of the inputs
  ExplicitForm out_;
};

}  // namespace

ExplicitForm make_explicit(const MatrixXd& E, const MatrixXd& A, const MatrixXd& B) {
  return Deflation(E, A, B).run();
}

}  // namespace springspice::sim
